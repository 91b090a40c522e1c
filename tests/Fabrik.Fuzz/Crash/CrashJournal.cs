using System.Globalization;
using System.Text;
using Fabrik.Cache;

namespace Fabrik.Fuzz.Crash;

/// <summary>
/// The worker's end of the pipe to the driver. A line is one write of less than a pipe's atomic length, made before an
/// operation starts and after the store has answered it; what was written outlives the writer.
/// </summary>
internal sealed class CrashJournal(Stream pipe)
{
    /// <summary>The store is open.</summary>
    public const string Opened = "opened";

    /// <summary>The operations are over, the store is being closed.</summary>
    public const string Closing = "closing";

    /// <summary>Starts the line of a finding.</summary>
    public const string Finding = "finding";

    /// <summary>Starts the line of a put that begins, and of one that was answered.</summary>
    public const string Put = "put", PutDone = "put-done";

    /// <summary>Starts the line of a deletion that begins, and of one that was answered.</summary>
    public const string Delete = "delete", DeleteDone = "delete-done";

    private readonly Lock _lock = new();

    public void Note(string what) => Write(what);

    public void PutBegins(int key, int content) => Write($"{Put} {key} {content}");

    public void PutEnds(int key, int content, PutOutcome outcome) => Write($"{PutDone} {key} {content} {outcome}");

    public void DeleteBegins(int key) => Write($"{Delete} {key}");

    public void DeleteEnds(int key, bool wasThere) => Write($"{DeleteDone} {key} {wasThere}");

    public void Found(string finding) =>
        Write($"{Finding} {finding.ReplaceLineEndings(" ")[..Math.Min(finding.Length, 1000)]}");

    private void Write(FormattableString line) => Write(line.ToString(CultureInfo.InvariantCulture));

    private void Write(string line)
    {
        var bytes = Encoding.UTF8.GetBytes(line + '\n');
        lock (_lock)
        {
            pipe.Write(bytes);
        }
    }
}
