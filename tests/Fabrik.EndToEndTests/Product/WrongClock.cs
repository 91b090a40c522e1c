using System.Globalization;
using Fabrik.EndToEndTests.Clients;

namespace Fabrik.EndToEndTests.Product;

/// <summary>
/// Runs a process by a clock that is off, by Debian's <c>libfaketime</c>; time-outs go on by the right one.
/// </summary>
internal static class WrongClock
{
    /// <summary>The variables of a process whose clock is off by that much.</summary>
    public static IReadOnlyList<(string Name, string Value)> OffBy(TimeSpan difference)
    {
        var seconds = difference.TotalSeconds.ToString("+0;-0", CultureInfo.InvariantCulture);
        return [("LD_PRELOAD", Library()), ("FAKETIME", seconds), ("FAKETIME_DONT_FAKE_MONOTONIC", "1")];
    }

    private static string Library()
    {
        var folder = new DirectoryInfo("/usr/lib");
        var found = folder.Exists
            ? folder.EnumerateDirectories("*-linux-gnu*")
                .Select(system => Path.Combine(system.FullName, "faketime", "libfaketimeMT.so.1"))
                .FirstOrDefault(File.Exists)
            : null;
        return found ?? Tools.Missing("libfaketime", "apt-get install libfaketime");
    }
}
