using Xunit;

namespace Fabrik.UnitTests.Tidy;

/// <summary>Tells all that is wrong at once, one finding a line.</summary>
internal static class Report
{
    public static void Nothing(IEnumerable<string> findings)
    {
        string[] all = [.. findings];
        Assert.True(all.Length == 0, string.Join('\n', all));
    }
}
