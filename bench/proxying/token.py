"""A token for an hour, signed with HS256: token.py SECRET"""
import base64
import hashlib
import hmac
import json
import sys
import time


def encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def main() -> None:
    now = int(time.time())
    head = encode(json.dumps({"alg": "HS256", "typ": "JWT"}).encode())
    claims = encode(json.dumps({"sub": "bench", "iat": now, "exp": now + 3600}).encode())
    signed = f"{head}.{claims}"
    print(f"{signed}.{encode(hmac.digest(sys.argv[1].encode(), signed.encode(), hashlib.sha256))}")


main()
