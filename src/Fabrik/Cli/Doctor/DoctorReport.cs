using System.Text;
using System.Text.Json;

namespace Fabrik.Cli.Doctor;

/// <summary>Says what was found, to people and to programs.</summary>
internal static class DoctorReport
{
    /// <summary>A line for each finding, and the advice below it.</summary>
    public static void Write(TextWriter output, IReadOnlyList<Finding> findings)
    {
        int width = findings.Max(finding => finding.Subject.Length);
        foreach (Finding finding in findings)
        {
            output.WriteLine($"{WordOf(finding.Severity),-4}  {finding.Subject.PadRight(width)}  {finding.Text}");
            if (finding.Advice.Length > 0)
            {
                output.WriteLine($"{new string(' ', 6 + width + 2)}→ {finding.Advice}");
            }
        }

        int failures = findings.Count(finding => finding.Severity == Severity.Failure);
        int warnings = findings.Count(finding => finding.Severity == Severity.Warning);
        output.WriteLine(failures + warnings == 0
            ? "all is well"
            : $"{failures} to mend, {warnings} to look at");
    }

    /// <summary>An object with the findings, in order.</summary>
    public static void WriteJson(TextWriter output, IReadOnlyList<Finding> findings)
    {
        using MemoryStream buffer = new();
        using (Utf8JsonWriter json = new(buffer, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteStartArray("findings");
            foreach (Finding finding in findings)
            {
                json.WriteStartObject();
                json.WriteString("subject", finding.Subject);
                json.WriteString("severity", WordOf(finding.Severity));
                json.WriteString("text", finding.Text);
                json.WriteString("advice", finding.Advice);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        output.WriteLine(Encoding.UTF8.GetString(buffer.GetBuffer().AsSpan(0, (int)buffer.Length)));
    }

    private static string WordOf(Severity severity) => severity switch
    {
        Severity.Fine => "ok",
        Severity.Warning => "warn",
        _ => "FAIL",
    };
}
