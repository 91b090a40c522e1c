using Microsoft.Extensions.Logging;

namespace Fabrik.Observability.Logs;

/// <summary>The least important level that is written; a reload changes it while the process runs.</summary>
internal sealed class LogLevelSwitch(LogLevel level)
{
    private volatile LogLevel _level = level;

    /// <summary>The level.</summary>
    public LogLevel Level
    {
        get => _level;
        set => _level = value;
    }

    /// <summary>
    /// Whether a message is written. What the framework says below a warning is of use only to those who debug.
    /// </summary>
    public bool IsOn(LogLevel level, bool isFramework) =>
        level != LogLevel.None
        && level >= _level
        && (!isFramework || level >= LogLevel.Warning || _level <= LogLevel.Debug);
}
