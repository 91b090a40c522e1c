using System.Text.Json;
using Fabrik.EndToEndTests.Processes;

namespace Fabrik.EndToEndTests.Product;

/// <summary>What <c>fabrik doctor</c> said of a configuration: to people, and the same to programs.</summary>
internal sealed record Doctor(RunResult Run, IReadOnlyList<DoctorFinding> Findings)
{
    /// <summary>Asks twice: for text, and for JSON.</summary>
    public static async Task<Doctor> AskAsync(
        Sandbox sandbox, string configurationFile, IReadOnlyList<(string Name, string Value)>? variables = null)
    {
        string[] arguments = ["doctor", "--config", configurationFile];
        var text = await FabrikCommand.RunWithAsync(sandbox, variables ?? [], arguments);
        var json = await FabrikCommand.RunWithAsync(sandbox, variables ?? [], [.. arguments, "--json"]);
        if (text.ExitCode != json.ExitCode)
        {
            throw new InvalidOperationException($"code {text.ExitCode} and {json.ExitCode}: {text.Everything}");
        }

        return new Doctor(text, Parse(json.Output));
    }

    /// <summary>Whether something of that severity has a word in its text or advice, in text and in JSON.</summary>
    public bool Says(string severity, string words) =>
        Findings.Any(finding => finding.Severity == severity && finding.Has(words))
        && Run.Output.Contains(words, StringComparison.Ordinal);

    /// <summary>How many findings are of a severity.</summary>
    public int Count(string severity) => Findings.Count(finding => finding.Severity == severity);

    public override string ToString() =>
        $"code {Run.ExitCode}\n{Run.Everything}\n{string.Join('\n', Findings)}";

    private static List<DoctorFinding> Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        string Text(JsonElement finding, string name) => finding.GetProperty(name).GetString()!;
        return [.. document.RootElement.GetProperty("findings").EnumerateArray().Select(finding => new DoctorFinding(
            Text(finding, "subject"), Text(finding, "severity"), Text(finding, "text"), Text(finding, "advice")))];
    }
}

/// <summary>One finding.</summary>
internal sealed record DoctorFinding(string Subject, string Severity, string Text, string Advice)
{
    public bool Has(string words) =>
        Text.Contains(words, StringComparison.Ordinal) || Advice.Contains(words, StringComparison.Ordinal);
}
