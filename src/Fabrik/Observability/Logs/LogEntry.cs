using Microsoft.Extensions.Logging;

namespace Fabrik.Observability.Logs;

/// <summary>One message on its way to a line.</summary>
internal readonly record struct LogEntry
{
    /// <summary>When.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>How important.</summary>
    public required LogLevel Level { get; init; }

    /// <summary>The type that speaks.</summary>
    public required string Category { get; init; }

    /// <summary>The number and name of the message.</summary>
    public required EventId Event { get; init; }

    /// <summary>The message for people.</summary>
    public required string Message { get; init; }

    /// <summary>The values in the message by name, and those of the scopes around it.</summary>
    public IReadOnlyList<KeyValuePair<string, object?>> Fields { get; init; }

    /// <summary>The trace that was going on; the same in every layer that the request went through.</summary>
    public string? TraceId { get; init; }

    /// <summary>What went wrong.</summary>
    public Exception? Exception { get; init; }

    /// <summary>The names of levels, as <c>log_level</c> spells them.</summary>
    public string LevelName => Level switch
    {
        LogLevel.Trace => "trace",
        LogLevel.Debug => "debug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warn",
        LogLevel.Error => "error",
        _ => "fatal",
    };
}
