#!/bin/sh
# Writes the root file system of the Docker image to the folder $1: Node, a shell, the few tools that the health check and the
# scripts of docker-compose.yml use, and the libraries that these are linked to. The base image that this runs in is 110 MB
# larger: npm, Perl, apt. What is copied keeps its entries in dpkg's list, by which scanners know what an image contains, and
# its licenses.
set -eu
root=$1
programs='/usr/local/bin/node /usr/bin/sh /usr/bin/env /usr/bin/find /usr/bin/cat /usr/bin/ls'

mkdir -p "$root/usr" "$root/etc" "$root/tmp" "$root/var/lib/dpkg"
chmod 1777 "$root/tmp"
install -d -o node -g node "$root/home/node"
cp -L /etc/passwd /etc/group /etc/nsswitch.conf /etc/os-release /etc/debian_version "$root/etc/"

# Debian's /bin, /lib and /lib64 are links into /usr.
for link in /bin /lib /lib64; do
  [ -L "$link" ] || continue
  mkdir -p "$root/usr$link"
  ln -s "usr$link" "$root$link"
done

# shellcheck disable=SC2086 # the names have no spaces
libraries=$(ldd $programs | grep -o '/[^ :]*lib[^ :]*' | sort -u)
packages=base-files
for file in $programs $libraries; do
  install -D "$file" "$root/usr/${file#/usr}"
  # dpkg lists some files under /usr and some without it. Node comes from no package.
  packages="$packages $(dpkg-query -S "*${file#/usr}" 2>/dev/null | sed -n 's/^\([a-z0-9.+-]*\)\(:[a-z0-9]*\)\?: .*/\1/p')"
done
for package in $(printf '%s\n' $packages | sort -u); do
  dpkg-query -s "$package" >> "$root/var/lib/dpkg/status"
  echo >> "$root/var/lib/dpkg/status"
done

# Licenses, as far as the base image has them.
for license in /usr/local/LICENSE $(printf "/usr/share/doc/%s/copyright\n" $packages | sort -u); do
  [ ! -e "$license" ] || install -D -m 644 "$license" "$root$license"
done

# The command is documented as `feedmill`, without a path or an extension.
ln -s /app/bin/feedmill.mjs "$root/usr/local/bin/feedmill"
