"""Runs a command on a pty of 200x50 and times it from the terminal's side. Prints one JSON object.

usage: frame-pty.py first|keys|stall COMMAND...
first: seconds from start to the first painted frame. keys: from '?' to the frame that shows the help, 60 times.
stall: reads nothing for four seconds, then goes on; prints the bytes that came in the first 100 ms after.
"""
import fcntl, json, os, pty, select, struct, sys, termios, time

mode, command = sys.argv[1], sys.argv[2:]
started = time.monotonic()
pid, fd = pty.fork()
if pid == 0:
    os.environ.update(TERM="xterm-256color", LANG="C.UTF-8")
    os.execvp(command[0], command)
fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 200, 0, 0))


def read_until(wanted, seconds):
    seen, deadline = b"", time.monotonic() + seconds
    while time.monotonic() < deadline:
        if select.select([fd], [], [], 0.05)[0]:
            try:
                chunk = os.read(fd, 1 << 16)
            except OSError:
                break
            if not chunk:
                break
            seen = seen[-4096:] + chunk
            if wanted is not None and wanted in seen:
                return True
    return False


result = {}
if not read_until(b"seen", 20):
    sys.exit("no frame")
result["first"] = time.monotonic() - started
read_until(None, 0.2 if mode == "first" else 2.5)
if mode == "keys":
    result["latencies"] = []
    for i in range(60):
        sent = time.monotonic()
        os.write(fd, b"?")
        if not read_until(b"Keys:", 5):
            sys.exit("a key was not answered")
        result["latencies"].append(time.monotonic() - sent)
        os.write(fd, b"?")
        read_until(None, 0.11 + (i % 7) / 100)
if mode == "stall":
    time.sleep(4)
    size, deadline = 0, time.monotonic() + 0.1
    while time.monotonic() < deadline:
        if select.select([fd], [], [], 0.01)[0]:
            size += len(os.read(fd, 1 << 16))
    result["burst"] = size
os.write(fd, b"\x03")
read_until(None, 1.0)
os.close(fd)
os.waitpid(pid, 0)
print(json.dumps(result))
