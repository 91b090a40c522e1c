using Fabrik.Observability.Logs;
using Fabrik.Settings;
using Microsoft.Extensions.Logging;

namespace Fabrik.Composition;

/// <summary>What a process that serves is composed of.</summary>
internal sealed record ProcessOptions
{
    /// <summary>The settings.</summary>
    public required EffectiveSettings Settings { get; init; }

    /// <summary>Where a reload loads them from.</summary>
    public required SettingsSources Sources { get; init; }

    /// <summary>Who starts it.</summary>
    public required ServingMode Mode { get; init; }

    /// <summary>The word by which this process is told from another that took over its port.</summary>
    public required string Instance { get; init; }

    /// <summary>Makes loggers.</summary>
    public required ILoggerFactory Logs { get; init; }

    /// <summary>The level of the log, which a reload changes.</summary>
    public required LogLevelSwitch LogLevel { get; init; }

    /// <summary>The clock.</summary>
    public required TimeProvider Time { get; init; }
}
