namespace Fabrik.Upstreams.Rpc;

/// <summary>What came back for a request: the messages of an answer, or its end without any.</summary>
internal readonly struct CallAnswer
{
    public CallAnswer(ResponseMessages messages) => Messages = messages;

    public CallAnswer(CallOutcome outcome) => Outcome = outcome;

    /// <summary>What can be read.</summary>
    public ResponseMessages? Messages { get; }

    /// <summary>Set where there is nothing to read.</summary>
    public CallOutcome? Outcome { get; }

    public void Deconstruct(out ResponseMessages? messages, out CallOutcome? outcome) =>
        (messages, outcome) = (Messages, Outcome);
}
