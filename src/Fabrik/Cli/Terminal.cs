using Fabrik.Settings;

namespace Fabrik.Cli;

/// <summary>
/// What commands say. Results go to the output, alone, so that a script can take them; everything else goes to the
/// error stream with <c>[fabrik]</c> before it, so that nobody takes it for the words of the build tool.
/// </summary>
internal sealed class Terminal(TextWriter output, TextWriter error)
{
    private const string Prefix = "[fabrik]";
    private const string ClearLine = "\r\u001b[K";

    /// <summary>Where results go.</summary>
    public TextWriter Output => output;

    /// <summary>Whether a person watches: progress is shown, colours are used.</summary>
    public bool IsInteractive { get; init; }

    /// <summary>The terminal of this process.</summary>
    public static Terminal OfProcess { get; } = new(Console.Out, Console.Error)
    {
        // https://no-color.org: set and not empty means no colours.
        IsInteractive = !Console.IsErrorRedirected && Environment.GetEnvironmentVariable("NO_COLOR") is null or ""
            && Environment.GetEnvironmentVariable("TERM") is not "dumb",
    };

    /// <summary>Says something.</summary>
    public void Say(string text) => error.WriteLine($"{Colored(Prefix, "36")} {text}");

    /// <summary>Says what went wrong.</summary>
    public void Fail(string text) => error.WriteLine($"{Colored(Prefix, "31")} {text}");

    /// <summary>Says all that is wrong with a configuration.</summary>
    /// <returns>The exit code.</returns>
    public int Fail(SettingsOutcome outcome)
    {
        foreach (SettingError problem in outcome.Errors)
        {
            Fail(problem.ToString());
        }

        string count = outcome.Errors.Count == 1 ? "1 error" : $"{outcome.Errors.Count} errors";
        Fail($"{count} in the configuration");
        return ExitCodes.Failed;
    }

    /// <summary>Shows how far something is, over what was shown before. Nothing where nobody watches.</summary>
    public void ShowProgress(string text)
    {
        if (IsInteractive)
        {
            error.Write($"{ClearLine}{text}");
        }
    }

    /// <summary>Takes the progress away.</summary>
    public void ClearProgress()
    {
        if (IsInteractive)
        {
            error.Write(ClearLine);
        }
    }

    private string Colored(string text, string color) => IsInteractive ? $"\u001b[{color}m{text}\u001b[0m" : text;
}
