<?php
// receiver.php: WEBHOOK_SECRET=… php -S 0.0.0.0:8080 receiver.php
$secret = getenv('WEBHOOK_SECRET');
$key = str_starts_with($secret, 'whsec_') ? base64_decode(substr($secret, 6)) : $secret;

function isGenuine(string $rawBody, string $secret, string $key): bool
{
    $header = fn (string $name): string => $_SERVER['HTTP_' . strtoupper(strtr($name, '-', '_'))] ?? '';
    $seconds = $header('webhook-timestamp');
    if (!preg_match('/^[0-9]{1,12}$/D', $seconds) || abs(time() - (int) $seconds) > 300) {
        return false; // missing, or too far away
    }
    $mac = base64_encode(hash_hmac('sha256', "{$header('webhook-id')}.$seconds.$rawBody", $key, true));
    if (!hasOne(explode(' ', $header('webhook-signature')), "v1,$mac")) {
        return false;
    }
    $plain = array_filter([$header('x-webhook-signature'), $header('x-webhook-signature-previous')]);
    return $plain === [] || hasOne($plain, 'sha256=' . hash_hmac('sha256', $rawBody, $secret));
}

// While a secret is being replaced there are two signatures, one of each.
function hasOne(array $given, string $expected): bool
{
    return in_array(true, array_map(fn (string $each): bool => hash_equals($expected, $each), $given), true);
}

$rawBody = file_get_contents('php://input', length: 1_000_000);
if (!isGenuine($rawBody, $secret, $key)) {
    http_response_code(401);
    return;
}
$event = json_decode($rawBody, true);
// In earnest: INSERT the id into a table with a unique key, and stop here if it was there already.
error_log("{$event['event']} {$event['data']['sequence']}");
http_response_code(204);
