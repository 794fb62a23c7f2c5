"""The questions of QUESTIONS (one body a line) over http.client, a thread for each connection, answers read as JSON:
	client.py HOST PORT PATH QUESTIONS CONNECTIONS CERT KEY CA
Prints how many are valid."""
import http.client
import json
import ssl
import sys
import threading

host, port, path, questions, connections, cert, key, ca = sys.argv[1:]
context = ssl.create_default_context(cafile=ca)
context.minimum_version = ssl.TLSVersion.TLSv1_3
context.load_cert_chain(cert, key)
with open(questions, "rb") as f:
    bodies = iter(f.read().splitlines())
lock = threading.Lock()
valid = []


def ask():
    line = http.client.HTTPSConnection(host, int(port), context=context)
    n = 0
    while True:
        with lock:
            body = next(bodies, None)
        if body is None:
            break
        line.request("POST", path, body, {"Content-Type": "application/json"})
        answer = line.getresponse()
        text = answer.read()
        if answer.status == 200 and json.loads(text)["XmlMsg"]["MessageBody"]["QualificationValidity"] == "1":
            n += 1
    line.close()
    valid.append(n)


threads = [threading.Thread(target=ask) for i in range(int(connections))]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(sum(valid))
