using System.Runtime.CompilerServices;
using Fabrik.Memcached.Backends;
using Fabrik.Memcached.Configuration;
using Fabrik.Wire.Memcached;

namespace Fabrik.Memcached.Warming;

/// <summary>Asks servers which keys they have: <c>lru_crawler metadump all</c>.</summary>
internal sealed class KeyDump(TimeProvider time)
{
    private const int MaxTries = 30;
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan SilenceLimit = TimeSpan.FromSeconds(60);

    /// <summary>The keys of the servers of a pool, one server after the other.</summary>
    /// <exception cref="InvalidDataException">A server does not know the command, or is busy with another
    /// one.</exception>
    /// <exception cref="IOException">A connection ended.</exception>
    /// <exception cref="System.Net.Sockets.SocketException">A server cannot be reached.</exception>
    public async IAsyncEnumerable<byte[]> KeysAsync(
        PoolOptions pool, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var server in pool.Servers)
        {
            using var connection = await BeginAsync(pool, server, cancellationToken);
            while (!connection.Message.SequenceEqual("END"u8))
            {
                if (TryReadKey(connection.Message, out var key))
                {
                    yield return key;
                }

                await ReadLineAsync(connection, cancellationToken);
            }
        }
    }

    /// <summary>Reads <c>key=...</c> of a line; the key is escaped as in an address.</summary>
    /// <returns>False for a line of something else.</returns>
    public static bool TryReadKey(ReadOnlySpan<byte> line, out byte[] key)
    {
        key = [];
        if (!line.StartsWith("key="u8))
        {
            return false;
        }

        var text = line[4..];
        var end = text.IndexOf((byte)' ');
        text = end < 0 ? text : text[..end];
        var decoded = new byte[text.Length];
        var length = 0;
        for (var i = 0; i < text.Length; i++)
        {
            var isEscape = text[i] == (byte)'%' && i + 2 < text.Length
                && char.IsAsciiHexDigit((char)text[i + 1]) && char.IsAsciiHexDigit((char)text[i + 2]);
            decoded[length++] = isEscape
                ? (byte)((Digit(text[i + 1]) << 4) | Digit(text[i + 2]))
                : text[i];
            i += isEscape ? 2 : 0;
        }

        key = decoded[..length];
        return length is > 0 and <= ReaderLimits.MaxKeyLength;
    }

    private static int Digit(byte character) =>
        character <= (byte)'9' ? character - '0' : (character | 0x20) - 'a' + 10;

    private async Task<ShortConnection> BeginAsync(
        PoolOptions pool, ServerOptions server, CancellationToken cancellationToken)
    {
        for (var tries = 1; ; tries++)
        {
            var connection = await ShortConnection.OpenAsync(
                server, pool.Connections, MemcachedProtocol.Text, cancellationToken);
            try
            {
                await connection.SendAsync("lru_crawler metadump all\r\n"u8.ToArray(), cancellationToken);
                await ReadLineAsync(connection, cancellationToken);
                if (connection.Message.StartsWith("key="u8) || connection.Message.SequenceEqual("END"u8))
                {
                    return connection;
                }

                if (!connection.Message.StartsWith("BUSY"u8) || tries == MaxTries)
                {
                    throw new InvalidDataException($"{server} does not tell its keys by lru_crawler metadump.");
                }
            }
            catch
            {
                connection.Dispose();
                throw;
            }

            // Somebody else has the crawler at work.
            connection.Dispose();
            await Task.Delay(RetryDelay, time, cancellationToken);
        }
    }

    private async ValueTask ReadLineAsync(ShortConnection connection, CancellationToken cancellationToken)
    {
        if (connection.TryReadLine())
        {
            return;
        }

        using var silence = new CancellationTokenSource(SilenceLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(silence.Token, cancellationToken);
        try
        {
            await connection.ReadLineAsync(either.Token);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new IOException("The server stopped telling its keys.", e);
        }
    }
}
