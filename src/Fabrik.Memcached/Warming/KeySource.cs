using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text;
using Fabrik.Memcached.Configuration;
using Fabrik.Wire.Memcached;

namespace Fabrik.Memcached.Warming;

/// <summary>The keys of a job, wherever they come from.</summary>
internal static class KeySource
{
    private const int MaxLineLength = 1024;

    /// <summary>The keys that a request asks for.</summary>
    /// <exception cref="IOException">A file or a server cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">A file may not be read.</exception>
    /// <exception cref="InvalidDataException">What is read are no keys, or the backend has none to tell of.</exception>
    public static async IAsyncEnumerable<byte[]> KeysAsync(
        WarmingParts parts, WarmingRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var filter = new KeyFilter(request);
        var all = request.Keys is { } keys ? keys.Select(Encoding.UTF8.GetBytes).ToAsyncEnumerable()
            : request.KeyFile is { } file ? LinesAsync(file, cancellationToken)
            : parts.Describe(request.From) is PoolOptions pool
                ? new KeyDump(parts.Time).KeysAsync(pool, cancellationToken)
            : throw new InvalidDataException($"{request.From} is no pool of servers, which could tell their keys.");
        await foreach (var key in all.WithCancellation(cancellationToken))
        {
            if (filter.IsMatch(key))
            {
                yield return key;
            }
        }
    }

    private static async IAsyncEnumerable<byte[]> LinesAsync(
        string path, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var file = new FileStream(
            path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 1, FileOptions.Asynchronous);
        var reader = PipeReader.Create(file);
        bool isLast;
        do
        {
            var read = await reader.ReadAsync(cancellationToken);
            var rest = read.Buffer;
            isLast = read.IsCompleted;
            while (TryTakeLine(ref rest, isLast, out var line))
            {
                if (line.Length > 0)
                {
                    yield return line;
                }
            }

            if (rest.Length > MaxLineLength)
            {
                throw new InvalidDataException($"{path}: expected lines of at most {MaxLineLength} bytes.");
            }

            reader.AdvanceTo(rest.Start, rest.End);
        }
        while (!isLast);

        await reader.CompleteAsync();
    }

    private static bool TryTakeLine(ref ReadOnlySequence<byte> rest, bool isLast, out byte[] line)
    {
        line = [];
        if (rest.PositionOf((byte)'\n') is { } end)
        {
            line = Trim(rest.Slice(0, end));
            rest = rest.Slice(rest.GetPosition(1, end));
            return true;
        }

        if (!isLast || rest.IsEmpty)
        {
            return false;
        }

        line = Trim(rest);
        rest = rest.Slice(rest.End);
        return true;
    }

    // A line that is no key is cut: it fails when it is copied, and is counted so.
    private static byte[] Trim(ReadOnlySequence<byte> line)
    {
        var cut = line.Slice(0, Math.Min(line.Length, ReaderLimits.MaxKeyLength + 2)).ToArray();
        return cut is [.. var key, (byte)'\r'] ? key : cut;
    }
}
