namespace Fabrik.Cli.Doctor;

/// <summary>How much a finding matters.</summary>
internal enum Severity
{
    /// <summary>All is well.</summary>
    Fine,

    /// <summary>It works, but worse than it could, or not for long.</summary>
    Warning,

    /// <summary>It does not work.</summary>
    Failure,
}

/// <summary>What a check found.</summary>
/// <param name="Subject">What was looked at: <c>disk</c>, or the name of an upstream.</param>
/// <param name="Severity">How much it matters.</param>
/// <param name="Text">What is so.</param>
/// <param name="Advice">What to do about it; empty where nothing is to be done.</param>
internal sealed record Finding(string Subject, Severity Severity, string Text, string Advice = "")
{
    public static Finding Fine(string subject, string text) => new(subject, Severity.Fine, text);

    public static Finding Warning(string subject, string text, string advice) =>
        new(subject, Severity.Warning, text, advice);

    public static Finding Failure(string subject, string text, string advice) =>
        new(subject, Severity.Failure, text, advice);
}
