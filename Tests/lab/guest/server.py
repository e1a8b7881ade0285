"""The application on every node: one server that tells each client who answered and as whom it was seen.

TCP, any number of lines per connection: `who` is answered with "NODE CLIENT PORT LOCAL-ADDRESS", `bytes N` with N bytes.
UDP: a datagram of any size is answered with the same line and the datagram's length; one that starts with `bytes N`, with N bytes.
Every accepted connection and every datagram leaves a line in the log: "PROTOCOL CLIENT PORT LOCAL-ADDRESS LOCAL-PORT".
"""

import argparse
import socket
import struct
import threading

IP_PKTINFO = 8
NODE = socket.gethostname()


def serve_connection(connection, peer, log):
    """Answer one connection's lines until the client closes it."""
    local = connection.getsockname()
    log.write(f"tcp {peer[0]} {peer[1]} {local[0]} {local[1]}\n")
    try:
        for line in connection.makefile("r"):
            words = line.split()
            if words[:1] == ["bytes"]:
                connection.sendall(b"x" * int(words[1]))
            else:
                connection.sendall(f"{NODE} {peer[0]} {peer[1]} {local[0]}\n".encode())
    except OSError as error:
        log.write(f"broken {peer[0]} {peer[1]} {error}\n")
    finally:
        connection.close()


def serve_tcp(listener, log):
    """Accept for ever, a thread a connection."""
    while True:
        connection, peer = listener.accept()
        threading.Thread(
            target=serve_connection, args=(connection, peer, log), daemon=True
        ).start()


def serve_udp(endpoint, log):
    """Answer datagrams for ever, each from the address that it was sent to."""
    port = endpoint.getsockname()[1]
    while True:
        data, control, _, peer = endpoint.recvmsg(65535, 256)
        information = next(
            value
            for level, kind, value in control
            if (level, kind) == (socket.IPPROTO_IP, IP_PKTINFO)
        )
        local_bytes = information[8:12]
        local = socket.inet_ntoa(local_bytes)
        log.write(f"udp {peer[0]} {peer[1]} {local} {port}\n")
        words = data[:64].split()
        if words[:1] == [b"bytes"]:
            reply = b"x" * int(words[1])
        else:
            reply = f"{NODE} {peer[0]} {peer[1]} {local} {len(data)}\n".encode()
        source = struct.pack("@I4s4s", 0, local_bytes, b"\0\0\0\0")
        try:
            endpoint.sendmsg(
                [reply], [(socket.IPPROTO_IP, IP_PKTINFO, source)], 0, peer
            )
        except OSError as error:
            log.write(f"unanswered {peer[0]} {peer[1]} {error}\n")


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--tcp", type=int, action="append", default=[])
    arguments.add_argument("--udp", type=int, action="append", default=[])
    arguments.add_argument("--log", required=True)
    arguments.add_argument("--ready", required=True)
    options = arguments.parse_args()
    threading.stack_size(256 * 1024)
    log = open(options.log, "a", buffering=1)
    services = []
    for port in options.tcp:
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("0.0.0.0", port))
        listener.listen(1024)
        services.append(threading.Thread(target=serve_tcp, args=(listener, log)))
    for port in options.udp:
        endpoint = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        endpoint.setsockopt(socket.IPPROTO_IP, IP_PKTINFO, 1)
        endpoint.bind(("0.0.0.0", port))
        services.append(threading.Thread(target=serve_udp, args=(endpoint, log)))
    for service in services:
        service.start()
    open(options.ready, "w").close()


main()
