#!/usr/bin/env python3
"""The memory of `shikaku batch` does not grow with the list: tests/batch-flat.py OUT ROWS

A list of 1,000 rows and one of ROWS come from a pipe, one by one and by file, with journal, output
and report. The largest resident set is to be at most 24 MB, and of the long list at most 2 MB more.
"""
import os
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PKI = os.path.join(ROOT, "build", "pki")
LIMIT_MB, GROWTH_MB, SHORT = 24, 2, 1000
# of fixtures/people-morning.json: one as ever, one with another ratio, one under no number, one who needs a call
PEOPLE = ["1975-04-12,06132013,12,1001,00,30,山田 太郎", "1954-01-20,138016,01-12,0067891,01,20,森 節子",
          "1975-04-12,06132013,12,99999,00,30,山田 次郎", "1951-11-24,138016,01-20,2400,01,20,長谷川 静"]


def rows(n):
    yield "patient_id,appointment,birthdate,insurer_number,symbol,number,branch,last_copay_percent,name,memo\n"
    for i in range(n):
        yield f"{i},2026-11-24 {9 + i % 8}:00,{PEOPLE[i % len(PEOPLE)]},{'よ' * (i % 50)}\n"


def start_mock(out, folder):
    read, write = os.pipe()
    mock = subprocess.Popen([f"{out}/shikaku-mock", "--listen", "127.0.0.1:0", "--ready-fd", str(write),
                             "--tls-cert", f"{PKI}/server.pem", "--tls-key", f"{PKI}/server.key",
                             "--client-ca", f"{PKI}/service-ca.pem",
                             "--people", f"{ROOT}/fixtures/people-morning.json"], pass_fds=[write],
                            stdout=subprocess.DEVNULL)
    os.close(write)
    with os.fdopen(read) as ready:
        port = ready.readline().strip().rsplit(":", 1)[1]
    with open(f"{folder}/conf", "w", encoding="utf-8") as conf:
        conf.write(f"mode = test\nservice = https://localhost:{port}\nclient-cert = {PKI}/clinic.pem\n"
                   f"client-key = {PKI}/clinic.key\nca = {PKI}/service-ca.pem\npoll = 0\n")
    return mock


def megabytes(out, folder, mode, n):
    """The largest resident set of a run."""
    batch = subprocess.Popen([f"{out}/shikaku", "batch", "--config", f"{folder}/conf", "--quiet", "--mode", mode,
                              "-o", f"{folder}/out.csv", "--report", f"{folder}/report.html", "-"],
                             stdin=subprocess.PIPE)
    with batch.stdin as pipe:
        for row in rows(n):
            pipe.write(row.encode())
    _, status, usage = os.wait4(batch.pid, 0)
    batch.returncode = os.waitstatus_to_exitcode(status)
    with open(f"{folder}/out.csv", encoding="utf-8") as written:
        lines = sum(1 for _ in written)
    if batch.returncode != 0 or lines != n + 1:
        sys.exit(f"{mode}, {n} rows: exit {batch.returncode}, {lines} lines")
    return usage.ru_maxrss / 1024


def main():
    out, n = sys.argv[1], int(sys.argv[2])
    found, bad = [], False
    with tempfile.TemporaryDirectory() as folder:
        mock = start_mock(out, folder)
        try:
            for mode in "single", "bulk":
                short, long = megabytes(out, folder, mode, SHORT), megabytes(out, folder, mode, n)
                found.append(f"{mode} {short:.1f} and {long:.1f} MB")
                bad |= long > LIMIT_MB or long > short + GROWTH_MB
        finally:
            mock.terminate()
            mock.wait()
    print(f"{'too much: ' if bad else ''}{', '.join(found)} at {SHORT} and {n} rows")
    return bad


sys.exit(main())
