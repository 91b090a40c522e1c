using Fabrik.Server.Rpc;
using Fabrik.Wire.Bazel;
using Fabrik.Wire.Grpc;
using Fabrik.Wire.Protos;
using Fabrik.Wire.Protos.Bazel.V2;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;

namespace Fabrik.Server.Adapters.Bazel.Explain;

/// <summary>
/// What a client says a call is for (<c>RequestMetadata</c>). Nothing depends on it, so what cannot be read is as if
/// it had not been sent.
/// </summary>
internal sealed record RequestLabels
{
    /// <summary>Bytes of a message that is read.</summary>
    public const int MaxBytes = 8 * 1024;

    private static readonly MessageParser<RequestMetadata> Parser =
        RequestMetadata.Parser.WithDiscardUnknownFields(true);

    /// <summary>The client says nothing.</summary>
    public static RequestLabels None { get; } = new();

    /// <summary>The target, such as <c>//app:main</c>.</summary>
    public string Target { get; init; } = "";

    /// <summary>The kind of the action.</summary>
    public string Mnemonic { get; init; } = "";

    /// <summary>The target's configuration.</summary>
    public string Configuration { get; init; } = "";

    /// <summary>The run of the tool.</summary>
    public string Invocation { get; init; } = "";

    /// <summary>Those of a call.</summary>
    public static RequestLabels Of(ServerCallContext context) =>
        context is RpcCall call ? Of(call.Http.Request) : None;

    /// <summary>Those of a request.</summary>
    public static RequestLabels Of(HttpRequest request)
    {
        var field = request.Headers[RemoteMethods.RequestMetadataField];
        return field.Count > 0 && field[^1] is { Length: > 0 } value ? Read(value) : None;
    }

    /// <summary>Those in a field: base64, the last of several behind commas.</summary>
    internal static RequestLabels Read(ReadOnlySpan<char> field)
    {
        var last = field[(field.LastIndexOf(',') + 1)..].Trim(' ');
        if (last.Length > (MaxBytes + 2) / 3 * 4 || !MetadataFields.TryDecode(last, out var bytes))
        {
            return None;
        }

        return !Parser.TryParse(bytes, out var message, out _) ? None : new RequestLabels
        {
            Target = message.TargetId,
            Mnemonic = message.ActionMnemonic,
            Configuration = message.ConfigurationId,
            Invocation = message.ToolInvocationId,
        };
    }
}
