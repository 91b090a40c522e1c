namespace Fabrik.Server.Adapters.S3;

/// <summary>What a client of S3 is told when a request fails: S3 API reference, "Error responses".</summary>
/// <param name="Code">The code that programs look at.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Message">What a person reads.</param>
internal sealed record S3Fault(string Code, int Status, string Message)
{
    /// <summary>The same with a sentence on this very request.</summary>
    public S3Fault With(string message) => this with { Message = message };
}
