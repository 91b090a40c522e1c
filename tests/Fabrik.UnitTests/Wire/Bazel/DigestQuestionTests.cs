using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Fabrik.Wire.Bazel;
using Fabrik.Wire.Protos.Bazel.V2;
using Google.Protobuf;
using Xunit;

namespace Fabrik.UnitTests.Wire.Bazel;

public sealed class DigestQuestionTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(256)]
    [InlineData(257)]
    [InlineData(5000)]
    public void Question_OfTheGeneratedCode_IsReadAndAnsweredAsItWouldBe(int count)
    {
        FindMissingBlobsRequest request = new()
        {
            InstanceName = "main/π",
            DigestFunction = DigestFunction.Types.Value.Sha256,
            BlobDigests = { Enumerable.Range(0, count).Select(DigestOf) },
        };
        FindMissingBlobsResponse expected = new()
        {
            MissingBlobDigests = { request.BlobDigests.Where((_, i) => i % 3 == 0) },
        };

        using var question = RemoteMethods.AnswerDigests.RequestMarshaller.Deserializer(request.ToByteArray());
        using DigestAnswer answer = new(question);
        Assert.Equal((request.InstanceName, request.DigestFunction), (question.InstanceName, question.Function));
        Assert.Equal(count, question.Count);
        for (var i = 0; i < count; i++)
        {
            Assert.Equal(request.BlobDigests[i], question.MessageOf(i));
            Assert.True(question[i].IsGood);
            Assert.Equal(request.BlobDigests[i].Hash, Encoding.ASCII.GetString(question[i].Hash));
            Assert.Equal(request.BlobDigests[i].SizeBytes, question[i].Size);
            if (i % 3 == 0)
            {
                answer.Add(i);
            }
        }

        var bytes = RemoteMethods.AnswerDigests.ResponseMarshaller.Serializer(answer);
        Assert.Equal(expected, FindMissingBlobsResponse.Parser.ParseFrom(bytes));
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", 0)]
    [InlineData("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", 1)]
    [InlineData("f3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", 0)]
    [InlineData("f3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", 7)]
    [InlineData("f3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", -1)]
    [InlineData("F3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", 7)]
    [InlineData("f3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b85", 7)]
    [InlineData("g3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", 7)]
    public void IsGood_AgreesWithTheOtherParser(string hash, long size)
    {
        Digest message = new() { Hash = hash, SizeBytes = size };

        Assert.Equal(BlobDigest.TryParse(message, out _, out _), DigestSpan.Read(message.ToByteArray()).IsGood);
    }

    [Fact]
    public void Question_Cut_IsMalformedOrShorter()
    {
        var bytes = new FindMissingBlobsRequest { BlobDigests = { DigestOf(1), DigestOf(2) } }.ToByteArray();
        for (var length = 0; length < bytes.Length; length++)
        {
            var cut = bytes[..length];
            var isMessage = length == 0 || length == bytes.Length / 2;
            var thrown = Record.Exception(
                () => RemoteMethods.AnswerDigests.RequestMarshaller.Deserializer(cut).Dispose());
            Assert.Equal(isMessage, thrown is null);
        }
    }

    [Fact]
    public void Question_WithAMalformedDigest_IsMalformed() => Assert.Throws<InvalidDataException>(
        () => RemoteMethods.AnswerDigests.RequestMarshaller.Deserializer([0x12, 2, 0x0A, 9]));

    private static Digest DigestOf(int number) => new()
    {
        Hash = Convert.ToHexStringLower(
            SHA256.HashData(Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture)))),
        SizeBytes = 1 + number,
    };
}
