namespace Fabrik.Composition;

/// <summary>Whether a process that serves welcomes new requests.</summary>
internal sealed class ServingState
{
    private volatile string? _notReady = "starting";

    /// <summary>Why no new request is welcome; null once the start is over, and until the process drains.</summary>
    public string? NotReady
    {
        get => _notReady;
        set => _notReady = value;
    }
}
