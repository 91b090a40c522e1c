"""Writes a Bazel workspace: workspace.py FOLDER STEPS. Half of the steps compile C, the others make text; "everything"
is what needs all of them."""
import pathlib
import sys

folder, steps = pathlib.Path(sys.argv[1]), int(sys.argv[2])
halves = range(steps // 2)

# What compiling a source takes is about a third of a second.
FUNCTIONS = 100
LINES = 5000


def source(number):
    yield f"int part_{number}(int x);"
    for i in range(FUNCTIONS):
        yield (
            f"static int f{i}(int x) {{ int y = {number + i}; "
            f"for (int i = 0; i < x; i++) {{ y = y * 31 + (i ^ {i}); if (y % 7 == {i % 7}) y += x; }} return y; }}"
        )
    calls = " + ".join(f"f{i}(x)" for i in range(FUNCTIONS))
    yield f"int part_{number}(int x) {{ return {calls}; }}"


def rules():
    for i in halves:
        yield f'cc_library(name = "part_{i}", srcs = ["part_{i}.c"], copts = ["-O2"], linkstatic = True)'
        yield (
            f'genrule(name = "text_{i}", outs = ["text_{i}.txt"], '
            f'cmd = "seq -f \'line %.0f of {i}\' {LINES} > $@")'
        )
    parts = ", ".join(f'":part_{i}"' for i in halves)
    texts = ", ".join(f'":text_{i}"' for i in halves)
    yield f'cc_binary(name = "program", srcs = ["main.c"], deps = [{parts}])'
    yield f'genrule(name = "everything", srcs = [":program", {texts}], outs = ["all.txt"], cmd = "cksum $(SRCS) > $@")'


def write(name, lines):
    (folder / name).write_text("\n".join(lines) + "\n")


folder.mkdir(parents=True)
write("WORKSPACE", [])
write("BUILD", rules())
write("main.c", [
    *(f"int part_{i}(int x);" for i in halves),
    f"int main(int argc, char **argv) {{ (void)argv; return ({' + '.join(f'part_{i}(argc)' for i in halves)}) & 1; }}",
])
for part in halves:
    write(f"part_{part}.c", source(part))
