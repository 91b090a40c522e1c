using System.Buffers;
using Fabrik.Wire.Protos.Fabrik;
using Fabrik.Wire.Protos.Fabrik.V1;
using Google.Protobuf;
using Xunit;

namespace Fabrik.UnitTests.Wire.Protos.Chunks;

/// <summary>What the chunk codec reads and writes is what the generated code reads and writes.</summary>
public sealed class ChunkCodecTests
{
    private readonly FabrikCacheMethods _methods = new();

    public static TheoryData<int> Sizes => [0, 1, 127, 128, 16_383, 16_384, 65_535, 65_536, 65_537, 262_144];

    private static GetResponse Header => new()
    {
        Metadata = { [":tool"] = "gradle", ["a"] = "ä" },
        SizeBytes = long.MaxValue,
        Digest = ByteString.CopyFrom(new byte[32]),
        CreatedUnixMs = 1_800_000_000_000,
        ExpiresUnixMs = -1,
    };

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Write_WithAHeader_IsReadByTheGeneratedCode(int size)
    {
        var bytes = Bytes(size);
        using var message = _methods.GetChunks.Rent();
        message.Header = Header;
        message.Chunk = new ReadOnlySequence<byte>(bytes);

        var read = GetResponse.Parser.ParseFrom(_methods.GetChunks.Marshaller.Serializer(message));

        var expected = Header;
        expected.Chunk = ByteString.CopyFrom(bytes);
        Assert.Equal(expected, read);
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Write_WithoutAHeader_IsWhatTheGeneratedCodeWrites(int size)
    {
        var bytes = Bytes(size);
        using var message = _methods.PutChunks.Rent();
        message.Chunk = Split(bytes, 1000);

        Assert.Equal(
            new PutRequest { Chunk = ByteString.CopyFrom(bytes) }.ToByteArray(),
            _methods.PutChunks.Marshaller.Serializer(message));
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Read_OfGeneratedMessages_FindsTheSame(int size)
    {
        var bytes = Bytes(size);
        var sent = new PutRequest
        {
            Hash = new string('a', 64),
            Chunk = ByteString.CopyFrom(bytes),
            Metadata = { ["x"] = "y" },
            SizeBytes = 0,
            Digest = ByteString.CopyFrom(new byte[32]),
            Overwrite = true,
            TtlMs = 5,
        };

        // The chunk stands in the middle: what is before it and behind it is one header.
        using var read = _methods.PutChunks.Read(Split(sent.ToByteArray(), 37));

        Assert.Equal(bytes, read.Chunk.ToArray());
        sent.Chunk = ByteString.Empty;
        Assert.Equal(sent, read.Header);
        Assert.True(read.Header!.HasSizeBytes);
    }

    [Fact]
    public void Read_OfABareChunk_HasNoHeader()
    {
        using var read = _methods.GetChunks.Read(
            new ReadOnlySequence<byte>(new GetResponse { Chunk = ByteString.CopyFromUtf8("abc") }.ToByteArray()));

        Assert.Null(read.Header);
        Assert.Equal("abc"u8, read.Chunk.ToArray());
    }

    [Fact]
    public void Read_OfNewerFields_IgnoresThem()
    {
        byte[] newer =
        [
            0x78, 0x96, 0x01, // field 15, varint
            0x0A, 3, (byte)'a', (byte)'b', (byte)'c',
            0x7A, 2, 1, 2, // field 15, bytes
            0xF9, 0xFF, 0xFF, 0xFF, 0x0F, 1, 2, 3, 4, 5, 6, 7, 8, // the highest number, fixed64
            0x7D, 1, 2, 3, 4, // field 15, fixed32
        ];

        using var read = _methods.GetChunks.Read(new ReadOnlySequence<byte>(newer));

        Assert.Null(read.Header);
        Assert.Equal("abc"u8, read.Chunk.ToArray());
    }

    [Fact]
    public void Read_OfTwoChunks_TakesTheLastAsTheGeneratedCodeDoes()
    {
        byte[] twice = [0x0A, 1, (byte)'a', 0x18, 7, 0x0A, 1, (byte)'b'];

        using var read = _methods.GetChunks.Read(new ReadOnlySequence<byte>(twice));

        Assert.Equal("b"u8, read.Chunk.ToArray());
        Assert.Equal(7, read.Header!.SizeBytes);
    }

    [Fact]
    public void Read_OfAGroup_SkipsIt()
    {
        byte[] group = [0x7B, 0x0A, 1, (byte)'x', 0x7C, 0x0A, 1, (byte)'b'];

        using var read = _methods.GetChunks.Read(new ReadOnlySequence<byte>(group));

        Assert.Null(read.Header);
        Assert.Equal("b"u8, read.Chunk.ToArray());
    }

    [Theory]
    [InlineData("0A05616263")] // shorter than it says
    [InlineData("0AFFFFFFFF0F")] // a negative length
    [InlineData("0A8080808080808080808001")] // an endless length
    [InlineData("02")] // no field has the number 0
    [InlineData("7C")] // the end of no group
    [InlineData("0E00")] // no such wire type
    [InlineData("1A020A")] // a broken map entry
    [InlineData("80")] // half a tag
    public void Read_OfWhatIsNoMessage_Fails(string hex) =>
        Assert.Throws<InvalidProtocolBufferException>(
            () => _methods.GetChunks.Read(new ReadOnlySequence<byte>(Convert.FromHexString(hex))));

    [Fact]
    public void Write_OfAHeaderWithAChunk_IsRefused()
    {
        using var message = _methods.GetChunks.Rent();
        message.Header = new GetResponse { Chunk = ByteString.CopyFromUtf8("a") };

        Assert.Throws<ArgumentException>(() => _methods.GetChunks.Marshaller.Serializer(message));
    }

    [Fact]
    public void Messages_ThatAreGivenBack_AreUsedAgain()
    {
        var first = _methods.GetChunks.Rent();
        first.Header = Header;
        first.Dispose();
        first.Dispose();

        using var second = _methods.GetChunks.Rent();
        using var third = _methods.GetChunks.Rent();

        Assert.Same(first, second);
        Assert.Null(second.Header);
        Assert.NotSame(second, third);
    }

    [Fact]
    public void Read_OfAChunk_AllocatesNothing()
    {
        var payload = new ReadOnlySequence<byte>(
            new GetResponse { Chunk = ByteString.CopyFrom(Bytes(65_536)) }.ToByteArray());
        _methods.GetChunks.Read(payload).Dispose();

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            _methods.GetChunks.Read(payload).Dispose();
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static byte[] Bytes(int size)
    {
        var bytes = new byte[size];
        new Random(size).NextBytes(bytes);
        return bytes;
    }

    private static ReadOnlySequence<byte> Split(byte[] bytes, int length)
    {
        var first = new Segment(default);
        var last = first;
        for (var start = 0; start < bytes.Length; start += length)
        {
            last = last.Append(bytes.AsMemory(start, Math.Min(length, bytes.Length - start)));
        }

        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory) => Memory = memory;

        public Segment Append(ReadOnlyMemory<byte> memory)
        {
            var next = new Segment(memory) { RunningIndex = RunningIndex + Memory.Length };
            Next = next;
            return next;
        }
    }
}
