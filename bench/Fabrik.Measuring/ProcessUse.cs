using System.Globalization;

namespace Fabrik.Measuring;

/// <summary>What a process and those that it started use, as Linux tells (<c>proc(5)</c>).</summary>
internal sealed class ProcessUse(int pid)
{
    // USER_HZ, which is the same on all architectures that are served.
    private const double MillisecondsPerTick = 10;

    private const int UserTimeField = 11;

    /// <summary>Milliseconds of processor time that all processes of this machine have used.</summary>
    public static double BusyOfMachine()
    {
        var fields = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields[1..4].Sum(Parse) * MillisecondsPerTick;
    }

    /// <summary>Milliseconds of processor time, user's and system's.</summary>
    public double Milliseconds() => Pids().Sum(static one =>
    {
        // What is in parentheses is the program's name, which may have spaces.
        var stat = File.ReadAllText($"/proc/{one}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return (Parse(fields[UserTimeField]) + Parse(fields[UserTimeField + 1])) * MillisecondsPerTick;
    });

    /// <summary>Resident memory in MiB.</summary>
    public double Memory() => Pids().Sum(static one =>
        Parse(File.ReadLines($"/proc/{one}/status")
            .First(static line => line.StartsWith("VmRSS:", StringComparison.Ordinal))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]) / 1024);

    private static double Parse(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private IEnumerable<string> Pids() =>
        File.ReadAllText($"/proc/{pid}/task/{pid}/children")
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Prepend(pid.ToString(CultureInfo.InvariantCulture));
}
