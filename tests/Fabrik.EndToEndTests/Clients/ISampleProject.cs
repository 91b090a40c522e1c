namespace Fabrik.EndToEndTests.Clients;

/// <summary>A small real project of one build tool, which that tool builds.</summary>
internal interface ISampleProject : IDisposable
{
    /// <summary>How many steps of a build are cacheable.</summary>
    int Steps { get; }

    /// <summary>How many entries the tool reads for a build that is all hits.</summary>
    int ReadsPerBuild { get; }

    /// <summary>How many entries the next layer serves for such a build of an empty one.</summary>
    int ReadsOfNextLayer => ReadsPerBuild;

    /// <summary>The value of the label <c>tool</c> in the metrics.</summary>
    string MetricsLabel { get; }

    Gate Gate { get; }

    Task<BuildResult> BuildAsync(CacheAccess cache);

    /// <summary>
    /// Removes every output and whatever the tool keeps on this machine: what it finds next is remote.
    /// </summary>
    void Clean();

    /// <summary>Changes the sources, so that no step is cached any more.</summary>
    void ChangeSources();

    /// <summary>Throws unless every output is there and made of the present sources.</summary>
    void VerifyOutputs();
}
