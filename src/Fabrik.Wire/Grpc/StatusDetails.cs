using System.Diagnostics.CodeAnalysis;
using Fabrik.Wire.Protos;
using Google.Protobuf;
using RpcStatus = Fabrik.Wire.Protos.Google.Rpc.Status;

namespace Fabrik.Wire.Grpc;

/// <summary>The rich form of a status, a <c>google.rpc.Status</c> in the trailers.</summary>
public static class StatusDetails
{
    /// <summary>The most bytes it may have: trailers are small, and many peers take 8 KiB at most.</summary>
    public const int MaxSize = 4 * 1024;

    /// <summary>Adds one to trailers.</summary>
    /// <exception cref="ArgumentException">It is larger than <see cref="MaxSize"/>.</exception>
    public static void Add(Metadata trailers, RpcStatus status)
    {
        ArgumentNullException.ThrowIfNull(trailers);
        ArgumentNullException.ThrowIfNull(status);
        var size = status.CalculateSize();
        if (size > MaxSize)
        {
            throw new ArgumentException(
                $"the status has {size} bytes, at most {MaxSize} go into trailers", nameof(status));
        }

        trailers.Add(Metadata.Entry.OfOwnedBytes(GrpcFields.StatusDetails, status.ToByteArray()));
    }

    /// <summary>Finds one in trailers.</summary>
    /// <returns>False if there is none, or none that can be read.</returns>
    public static bool TryGet(Metadata trailers, [NotNullWhen(true)] out RpcStatus? status)
    {
        ArgumentNullException.ThrowIfNull(trailers);
        status = null;
        return trailers.Get(GrpcFields.StatusDetails) is { IsBinary: true } entry
            && RpcStatus.Parser.TryParse(entry.BinaryValue, out status, out _);
    }
}
