# receiver.py: WEBHOOK_SECRET=… PORT=8080 python3 receiver.py
import base64, hashlib, hmac, json, os, re, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SECRET = os.environ["WEBHOOK_SECRET"]
KEY = base64.b64decode(SECRET[6:]) if SECRET.startswith("whsec_") else SECRET.encode()
processed = set()  # a table with a unique key, in earnest


def is_genuine(headers, raw_body: bytes) -> bool:
    seconds = headers.get("webhook-timestamp", "")
    if not re.fullmatch(r"[0-9]{1,12}", seconds) or abs(time.time() - int(seconds)) > 300:
        return False  # missing, or too far away
    signed = f"{headers.get('webhook-id', '')}.{seconds}.".encode("latin-1") + raw_body
    mac = base64.b64encode(hmac.new(KEY, signed, hashlib.sha256).digest()).decode()
    if not has_one(headers.get("webhook-signature", "").split(" "), "v1," + mac):
        return False
    names = ("x-webhook-signature", "x-webhook-signature-previous")
    plain = [headers[name] for name in names if headers.get(name)]
    digest = hmac.new(SECRET.encode(), raw_body, hashlib.sha256).hexdigest()
    return not plain or has_one(plain, "sha256=" + digest)


def has_one(given, expected: str) -> bool:
    # while a secret is being replaced there are two signatures, one of each
    return any([hmac.compare_digest(each.encode("latin-1"), expected.encode()) for each in given])


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        length = int(self.headers.get("content-length", 0))
        if length > 1_000_000:
            return self.answer(413)
        raw_body = self.rfile.read(length)
        if not is_genuine(self.headers, raw_body):
            return self.answer(401)
        event = json.loads(raw_body)
        if event["id"] not in processed:
            processed.add(event["id"])
            print(event["event"], event["data"].get("sequence"), flush=True)
        self.answer(204)

    def answer(self, status: int):
        self.send_response(status)
        self.end_headers()

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("", int(os.environ["PORT"])), Receiver)
print(f"listening on port {server.server_address[1]}", flush=True)
server.serve_forever()
