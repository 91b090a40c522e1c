namespace Fabrik.Server.Adapters.Serving;

/// <summary>What a tool is told besides an artifact.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Message">What a person reads; with an empty one there is no body.</param>
internal sealed record Answer(int Status, string Message = "");
