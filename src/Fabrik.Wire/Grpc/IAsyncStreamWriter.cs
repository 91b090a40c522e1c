namespace Fabrik.Wire.Grpc;

/// <summary>Takes messages one after the other. The shape is that of the official .NET API.</summary>
/// <typeparam name="T">The message.</typeparam>
public interface IAsyncStreamWriter<in T>
{
    /// <summary>How messages are written; the call's own options where it is <see langword="null"/>.</summary>
    WriteOptions? WriteOptions { get; set; }

    /// <summary>Sends a message; only one call at a time. Waits while the peer takes none.</summary>
    Task WriteAsync(T message);

    /// <summary>Sends a message; a token that fires gives the whole call up: half a message cannot be sent.</summary>
    Task WriteAsync(T message, CancellationToken cancellationToken);
}

/// <summary>The client's side of a stream of requests.</summary>
/// <typeparam name="T">The message.</typeparam>
public interface IClientStreamWriter<in T> : IAsyncStreamWriter<T>
{
    /// <summary>Says that no message follows.</summary>
    Task CompleteAsync();
}

/// <summary>The server's side of a stream of responses; it ends when the method returns.</summary>
/// <typeparam name="T">The message.</typeparam>
public interface IServerStreamWriter<in T> : IAsyncStreamWriter<T>;
