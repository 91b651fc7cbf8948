/** Inserts a feed whose address contains a password, with one record, one failure, sightings, enclosures and polls. */
export const SAMPLE = `
  insert into feedmill_data.hosts (host) values ('a.example');
  insert into feedmill_data.feeds (url, host, title, last_error, failures, created_at, polled_at)
    values ('https://user:s3cret@a.example/feed?u=x@y', 'a.example', 'A', 'GET https://user:s3cret@a.example/feed failed', 2, now() - interval '1 day', now());
  insert into feedmill_data.articles (url, feed_id, status, due_at, title, published_at, content_html, content_text, excerpt, word_count, content_source, stored_at)
    select 'https://a.example/1', id, 'stored', null, 'One', now() - interval '1 hour', '<p>x</p>', 'x', 'x', 1, 'page', now() from feedmill_data.feeds;
  insert into feedmill_data.articles (url, feed_id, status, due_at, error, error_text)
    select 'https://a.example/2', id, 'failed', null, 'gone', 'The page is gone.' from feedmill_data.feeds;
  insert into feedmill_data.entries (feed_id, key, article_id, title, content_hash, enclosures)
    select feed_id, 'k' || id, id, 'T' || id, 'h', '[{"url": "https://user:s3cret@a.example/1.mp3", "type": "audio/mpeg", "length": 12, "duration": 3.5}]' from feedmill_data.articles;
  insert into feedmill_data.polls (feed_id, started_at, duration_ms, outcome, possible_gap, error)
    select id, now() - n * interval '1 hour', 5, 'news', n = 1, case n when 3 then 'https://user:s3cret@a.example/ failed' end from feedmill_data.feeds, generate_series(1, 3) n;`;
