using System.Text;

namespace Fabrik.EndToEndTests.Processes;

/// <summary>The lines of one stream of a child process; safe to read while they come in.</summary>
internal sealed class OutputLog
{
    // Enough for any test; a process that babbles must not take the runner's memory.
    private const int MaxCharacters = 4 * 1024 * 1024;

    private readonly Lock _gate = new();
    private readonly StringBuilder _text = new();

    public void Add(string? line)
    {
        if (line is null)
        {
            return;
        }
        lock (_gate)
        {
            if (_text.Length + line.Length < MaxCharacters)
            {
                _text.Append(line).Append('\n');
            }
        }
    }

    public override string ToString()
    {
        lock (_gate)
        {
            return _text.ToString();
        }
    }
}
