namespace Fabrik.Server;

/// <summary>What the front doors let in. Immutable: a reload of the configuration makes a new one.</summary>
public sealed record ServerOptions
{
    /// <summary>
    /// The adapters that have routes, by name (<see cref="ServerRoutes.AdapterNames"/>). A path of an adapter that is
    /// not enabled is answered with 404.
    /// </summary>
    public IReadOnlySet<string> Adapters { get; init; } = ServerRoutes.AdapterNames;

    /// <summary>
    /// The most bytes one artifact may have. A larger <c>Content-Length</c> is refused before the body is read; a body
    /// without one is cut off at this size. The default, 4 GiB, is above every artifact that Gradle, Nx and Turborepo
    /// accept by default.
    /// </summary>
    public long MaxArtifactSize { get; init; } = 4L * 1024 * 1024 * 1024;

    /// <summary>The most bytes of a body that is a document and not an artifact (JSON, XML). Default 1 MiB.</summary>
    public int MaxDocumentSize { get; init; } = 1024 * 1024;
}
