using Fabrik.Proxies.Origins;
using Fabrik.Proxies.Storage;

namespace Fabrik.Proxies.Fetching;

/// <summary>What a fetch came to.</summary>
internal enum FetchKind
{
    /// <summary>There is an answer that can be read by all (<see cref="FetchOutcome.Variant"/>).</summary>
    Stored,

    /// <summary>What was stored still holds (<see cref="FetchOutcome.Variant"/>, brought up to date).</summary>
    Confirmed,

    /// <summary>The answer is for one client only (<see cref="FetchOutcome.TryClaim"/>).</summary>
    Unstored,

    /// <summary>
    /// An object store does not give the object out, which is all that anybody is told
    /// (<see cref="FetchOutcome.Status"/>).
    /// </summary>
    Refused,

    /// <summary>The origin failed (<see cref="FetchOutcome.Fault"/>); it may have answered all the same.</summary>
    Failed,

    /// <summary>
    /// Nothing was asked: another's request had ended between the look at what is stored and this one, which looks
    /// again.
    /// </summary>
    Overtaken,
}

/// <summary>What a fetch came to, for all who waited for it.</summary>
internal sealed class FetchOutcome(FetchKind kind) : IAsyncDisposable
{
    private OriginResponse? _response;

    /// <summary>Which of the properties count.</summary>
    public FetchKind Kind => kind;

    /// <summary>The answer, as it is stored now.</summary>
    public StoredVariant? Variant { get; init; }

    /// <summary>Whether it stays stored.</summary>
    public bool IsKept { get; init; } = true;

    /// <summary>Whether it would be stored, had there been memory for its body.</summary>
    public bool IsForWantOfMemory { get; init; }

    /// <summary>Keeps the stream of the body from ending until those who waited read it.</summary>
    public FlightReader? Hold { get; init; }

    /// <summary>What went wrong.</summary>
    public OriginFault? Fault { get; init; }

    /// <summary>The status that the origin gave, if it did.</summary>
    public int? Status { get; init; }

    /// <summary>The origin's answer, for the first who claims it.</summary>
    public OriginResponse? Response
    {
        init => _response = value;
    }

    /// <summary>The origin's answer; null when another has it.</summary>
    public OriginResponse? TryClaim() => Interlocked.Exchange(ref _response, null);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Hold is not null)
        {
            await Hold.DisposeAsync();
        }

        if (TryClaim() is { } unclaimed)
        {
            await unclaimed.DisposeAsync();
        }
    }
}
