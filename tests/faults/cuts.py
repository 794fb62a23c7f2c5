"""A good answer cut off at every byte of it, its JSON cut at every byte, and one that stalls at every byte."""
import network
import rig

COLUMNS = ("challenge", "card", "visual", "number", "doctor")
STALLED = 1  # s: --timeout
FIRST_LINE = len(b"HTTP/1.1 200 OK\r\n")  # until it is there, there was no reply


def once(desk, column, end, machine):
    """network.ask(), in one way."""
    ways = {"visual": (desk.visual, network.check_says), "number": (desk.number, network.number_says),
            "doctor": (desk.doctor, network.doctor_says)}
    command, says = ways.get(column, (desk.check, network.check_says))
    run = command(machine)
    network.in_time(run, machine)
    says(run, end)


class Cut:
    """Stands where network.Fault does: NAME, the peer's fault, a byte of the answer and the end."""
    where = "cut"

    def __init__(self, how, column, at, end):
        self.name, self.how, self.at, self.ends = f"{how}-{at}", how, at, {column: end}


def by_cut(worker, fault, column):
    worker.peer.order(fault.how, path=rig.PATHS[column], at=fault.at)
    machine = STALLED if fault.how == "stall-at" else network.PATIENT
    once(worker.desk(worker.peer.port), column, fault.ends[column], machine)


def lengths(place):
    """Of the good answer in each column: the whole reply and its body."""
    found = {}
    with rig.peer(place, "length-service") as peer:
        desk = rig.Desk(place, "length", f"https://localhost:{peer.port}")
        for column in COLUMNS:
            peer.order("ok", path=rig.PATHS[column])
            once(desk, column, "ok", network.PATIENT)
            found[column] = peer.order("ok")
    return found


def cuts(found):
    for column, (whole, body) in found.items():
        for at in range(whole):
            yield Cut("cut-at", column, at, "malformed" if at >= FIRST_LINE else "unreachable"), column
        yield Cut("cut-at", column, whole, "ok"), column
        for at in range(body):
            yield Cut("json-cut-at", column, at, "malformed"), column
    for at in range(found["number"][0]):
        yield Cut("stall-at", "number", at, "timeout"), "number"


def campaign(place, rng, tell, workers):
    network.Worker.by_cut = by_cut
    every = list(cuts(lengths(place)))
    if rng is not None:
        stalls = [it for it in every if it[0].how == "stall-at"]
        every = rng.sample(stalls, 4) + rng.sample([it for it in every if it not in stalls], 20)
    network.run_all(place, every, tell, workers)
