namespace Fabrik.Cli;

/// <summary>What commands end with.</summary>
internal static class ExitCodes
{
    /// <summary>All is well.</summary>
    public const int Done = 0;

    /// <summary>It failed, or what was looked at is not well; the error stream says why.</summary>
    public const int Failed = 1;

    /// <summary>The command line was not understood; nothing was done.</summary>
    public const int Usage = 2;
}
