{{/* The name of everything in this release: `feedmill`, or with the release's name before it. */}}
{{- define "feedmill.name" -}}
{{- if contains "feedmill" .Release.Name }}{{ .Release.Name | trunc 40 | trimSuffix "-" }}{{ else }}{{ printf "%s-feedmill" .Release.Name | trunc 40 | trimSuffix "-" }}{{ end }}
{{- end }}

{{- define "feedmill.selector" -}}
app.kubernetes.io/name: feedmill
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "feedmill.labels" -}}
{{ include "feedmill.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{/* What the pods of the workers and of the migration have in common. */}}
{{- define "feedmill.pod" -}}
automountServiceAccountToken: false
enableServiceLinks: false
{{- with .Values.imagePullSecrets }}
imagePullSecrets: {{- toYaml . | nindent 2 }}
{{- end }}
securityContext:
  runAsNonRoot: true
  runAsUser: 1000
  runAsGroup: 1000
  seccompProfile: { type: RuntimeDefault }
volumes:
  - name: tmp
    emptyDir: { medium: Memory, sizeLimit: 64Mi }
{{- with .Values.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.affinity }}
affinity: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* What their containers have in common. */}}
{{- define "feedmill.container" -}}
image: {{ printf "%s:%s" .Values.image.repository (.Values.image.tag | default .Chart.AppVersion) | quote }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: { drop: [ALL] }
volumeMounts:
  - { name: tmp, mountPath: /tmp }
env:
  - name: DATABASE_URL
    valueFrom: { secretKeyRef: { name: {{ .Values.secret.name | quote }}, key: {{ .Values.secret.databaseUrl | quote }} } }
  {{- with .Values.secret.redisUrl }}
  - name: REDIS_URL
    valueFrom: { secretKeyRef: { name: {{ $.Values.secret.name | quote }}, key: {{ . | quote }} } }
  {{- end }}
  - { name: HTTP_HOST, value: 0.0.0.0 }
  - { name: HTTP_PORT, value: "8780" }
  # Shorter than terminationGracePeriodSeconds.
  - { name: SHUTDOWN_GRACE, value: 20s }
  {{- range $name, $value := .Values.settings }}
  - { name: {{ $name }}, value: {{ $value | toString | quote }} }
  {{- end }}
  {{- with .Values.env }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end }}
