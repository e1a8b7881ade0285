"""The client in a site: asks the server of the virtual address who answers, once, many times, or over connections kept open.

client.py ask   tcp|udp ADDRESS PORT [--from A] [--source-port P] [--count N] [--send BYTES] [--receive BYTES] [--wait S]
    One line per request: what the server answered, or with --receive how many bytes came, or `lost REASON`.
client.py hold  ADDRESS PORT SOCKET  [--from A] [--source-port P] [--count N] [--wait S]
    Opens N connections and keeps them; whoever connects to the UNIX socket SOCKET has every one of them asked again
    and is given a line each: its number and the answer, or `lost REASON`.
client.py watch ADDRESS PORT FILE    [--from A] [--source-port P] [--wait S]
    Opens one connection after the other until FILE exists, then prints "GAP ANSWERED LOST": the longest time without an
    answer in seconds, and how many connections were answered and lost.
client.py talk  ADDRESS PORT FILE    [--from A] [--source-port P] [--count N] [--wait S]
    Opens N connections and asks over each, again and again, until FILE exists, then prints "ALIVE of N: ANSWERS", and
    why the others were lost.
"""

import argparse
import errno
import os
import socket
import threading
import time


def reason(error):
    """One word for what went wrong."""
    if isinstance(error, socket.timeout):
        return "lost timeout"
    if isinstance(error, OSError) and error.errno:
        return f"lost {errno.errorcode.get(error.errno, error.errno)}"
    return f"lost {error}"


def bound(kind, options, number):
    """A socket of the wanted kind with the wanted source, for the connection of this number."""
    endpoint = socket.socket(socket.AF_INET, kind)
    endpoint.settimeout(options.wait)
    if kind == socket.SOCK_STREAM:
        endpoint.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    port = options.source_port + number if options.source_port else 0
    endpoint.bind((options.source, port))
    return endpoint


def receive_line(endpoint):
    """One line from a stream."""
    data = b""
    while not data.endswith(b"\n"):
        more = endpoint.recv(4096)
        if not more:
            raise OSError(errno.ECONNRESET, "closed by the server")
        data += more
    return data.decode().strip()


def ask_tcp(options, number):
    """One connection, one request."""
    with bound(socket.SOCK_STREAM, options, number) as endpoint:
        endpoint.connect((options.address, options.port))
        if not options.receive:
            padding = "x" * max(0, options.send - 5)
            endpoint.sendall(f"who {padding}\n".encode())
            return receive_line(endpoint)
        endpoint.sendall(f"bytes {options.receive}\n".encode())
        got = 0
        end = time.monotonic() + options.wait
        while got < options.receive:
            try:
                endpoint.settimeout(max(0.01, end - time.monotonic()))
                more = len(endpoint.recv(65536))
            except socket.timeout:
                break
            if more == 0:
                break
            got += more
        return f"{got} bytes"


def ask_udp(options, number):
    """One datagram, one reply."""
    with bound(socket.SOCK_DGRAM, options, number) as endpoint:
        endpoint.connect((options.address, options.port))
        request = f"bytes {options.receive} " if options.receive else "who "
        endpoint.send(request.encode().ljust(options.send, b"x"))
        reply = endpoint.recv(65535)
        return f"{len(reply)} bytes" if options.receive else reply.decode().strip()


def ask(options):
    """So many requests, one after the other."""
    one = ask_tcp if options.protocol == "tcp" else ask_udp
    for number in range(options.count):
        try:
            print(one(options, number), flush=True)
        except OSError as error:
            print(reason(error), flush=True)


class Held:
    """One connection that is kept open."""

    def __init__(self, options, number):
        self.options, self.number, self.endpoint, self.answer = options, number, None, ""

    def open(self):
        try:
            self.endpoint = bound(socket.SOCK_STREAM, self.options, self.number)
            self.endpoint.connect((self.options.address, self.options.port))
        except OSError as error:
            self.endpoint = None
            self.answer = reason(error)
            return
        self.ask()

    def ask(self):
        if self.endpoint is None:
            return
        try:
            self.endpoint.sendall(b"who\n")
            self.answer = receive_line(self.endpoint)
        except OSError as error:
            self.answer = reason(error)
            self.endpoint = None


def all_at_once(actions):
    """Run every action in a thread of its own and wait for them all."""
    threads = [threading.Thread(target=action) for action in actions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def opened(options):
    """So many connections, all opened at once."""
    threading.stack_size(256 * 1024)
    connections = [Held(options, number) for number in range(options.count)]
    all_at_once([one.open for one in connections])
    return connections


def hold(options):
    """Open all, then ask them all again whenever somebody connects."""
    connections = opened(options)
    control = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    control.bind(options.control + ".new")
    control.listen(1)
    os.rename(options.control + ".new", options.control)
    first = True
    while True:
        listener, _ = control.accept()
        if not first:
            all_at_once([one.ask for one in connections])
        first = False
        with listener:
            for one in connections:
                listener.sendall(f"{one.number} {one.answer}\n".encode())


def watch(options):
    """One connection after the other, to find out for how long there is no service."""
    number, answered, lost, gap, last = 0, 0, 0, 0.0, time.monotonic()
    while not os.path.exists(options.control):
        try:
            ask_tcp(options, number)
            answered += 1
            gap = max(gap, time.monotonic() - last)
            last = time.monotonic()
        except OSError:
            lost += 1
        number += 1
        time.sleep(0.05)
    print(f"{gap:.1f} {answered} {lost}")


def talk(options):
    """Never let a connection rest, so that not one packet on the way may go wrong."""
    connections = opened(options)
    answers = [0] * options.count

    def converse(one):
        while one.endpoint and not os.path.exists(options.control):
            one.ask()
            answers[one.number] += 1
            time.sleep(0.02)

    all_at_once([lambda one=one: converse(one) for one in connections])
    lost = [one.answer for one in connections if one.endpoint is None]
    print(f"{options.count - len(lost)} of {options.count}: {sum(answers)}", *sorted(set(lost)))


def main():
    arguments = argparse.ArgumentParser()
    commands = arguments.add_subparsers(required=True)
    asking = commands.add_parser("ask")
    asking.add_argument("protocol", choices=["tcp", "udp"])
    asking.set_defaults(run=ask)
    holding = commands.add_parser("hold")
    holding.set_defaults(run=hold)
    watching = commands.add_parser("watch")
    watching.set_defaults(run=watch, send=0, receive=0)
    talking = commands.add_parser("talk")
    talking.set_defaults(run=talk)
    for command in (asking, holding, watching, talking):
        command.add_argument("address")
        command.add_argument("port", type=int)
        command.add_argument("--from", dest="source", default="10.0.0.5")
        command.add_argument("--source-port", type=int, default=0)
        command.add_argument("--count", type=int, default=1)
        command.add_argument("--wait", type=float, default=10)
    asking.add_argument("--send", type=int, default=0)
    asking.add_argument("--receive", type=int, default=0)
    for command in (holding, watching, talking):
        command.add_argument("control")
    options = arguments.parse_args()
    options.run(options)


main()
