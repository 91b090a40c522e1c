using System.Buffers;
using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Fabrik.Observability.Logs;

/// <summary>What the log is made with.</summary>
internal sealed record LogOptions
{
    /// <summary>The least important level.</summary>
    public required LogLevelSwitch Level { get; init; }

    /// <summary>How a message becomes a line.</summary>
    public required ILogFormat Format { get; init; }

    /// <summary>Where lines go.</summary>
    public required LogQueue Queue { get; init; }

    /// <summary>The clock.</summary>
    public required TimeProvider Time { get; init; }
}

/// <summary>Gives loggers that turn messages into lines.</summary>
internal sealed class LineLoggerProvider(LogOptions options) : ILoggerProvider, ISupportExternalScope
{
    private IExternalScopeProvider _scopes = new LoggerExternalScopeProvider();

    public ILogger CreateLogger(string categoryName) => new LineLogger(this, categoryName);

    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => _scopes = scopeProvider;

    public void Dispose()
    {
        // The queue outlives the providers: its owner empties it.
    }

    private sealed class LineLogger(LineLoggerProvider provider, string category) : ILogger
    {
        private readonly bool _isFramework = category.StartsWith("Microsoft.", StringComparison.Ordinal);

        // What the framework says of a request costs an activity and a scope for each, even if nothing is written.
        // That a start failed is told by whoever asked for it, in one line and without a stack.
        private readonly bool _isSilent =
            category is "Microsoft.AspNetCore.Hosting.Diagnostics" or "Microsoft.Extensions.Hosting.Internal.Host";

        private LogOptions Options => provider.Options;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => provider._scopes.Push(state);

        public bool IsEnabled(LogLevel logLevel) => !_isSilent && Options.Level.IsOn(logLevel, _isFramework);

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter)
        {
            if (!IsEnabled(logLevel))
            {
                return;
            }

            List<KeyValuePair<string, object?>> fields = [];
            provider._scopes.ForEachScope(Collect, fields);
            Collect(state, fields);
            LogEntry entry = new()
            {
                Time = Options.Time.GetUtcNow(),
                Level = logLevel,
                Category = category,
                Event = eventId,
                Message = formatter(state, exception),
                Fields = fields,
                TraceId = Activity.Current?.TraceId.ToString(),
                Exception = exception,
            };
            ArrayBufferWriter<byte> line = new(512);
            Options.Format.Write(entry, line);
            Options.Queue.Add(line.WrittenMemory);
        }

        private static void Collect<TState>(TState state, List<KeyValuePair<string, object?>> fields)
        {
            if (state is IEnumerable<KeyValuePair<string, object?>> pairs)
            {
                fields.AddRange(pairs);
            }
        }
    }

    private LogOptions Options => options;
}
