using System.Text;
using Fabrik.Wire.Bazel;
using Fabrik.Wire.Protos;
using Fabrik.Wire.Protos.Bazel.V2;
using Fabrik.Wire.Protos.Fields;
using Google.Protobuf;
using Directory = Fabrik.Wire.Protos.Bazel.V2.Directory;

namespace Fabrik.Fuzz.Targets;

/// <summary>
/// Messages that are looked into without being decoded: folders, and questions for digests. What they are taken for is
/// what the generated code takes them for, if it takes them.
/// </summary>
internal sealed class DigestMessagesTarget : IFuzzTarget
{
    private static readonly Digest Digest = BlobDigest.Of("hello"u8).ToMessage();

    public string Name => "digest-messages";

    public IReadOnlyList<byte[]> Seeds { get; } =
    [
        new Directory
        {
            Files = { new FileNode { Name = "f", Digest = Digest, IsExecutable = true } },
            Directories = { new DirectoryNode { Name = "d", Digest = Digest }, new DirectoryNode { Name = "e" } },
            Symlinks = { new SymlinkNode { Name = "l", Target = "../é" } },
            NodeProperties = new NodeProperties { UnixMode = 0x1FF },
        }.ToByteArray(),
        new FindMissingBlobsRequest
        {
            InstanceName = "main",
            BlobDigests = { Digest, new Digest { Hash = "x", SizeBytes = -1 } },
            DigestFunction = DigestFunction.Types.Value.Sha256,
        }.ToByteArray(),
        [0x08, 0x96, 0x01, 0x12, 1, 97, 0x19, 1, 2, 3, 4, 5, 6, 7, 8, 0x25, 1, 2, 3, 4],
    ];

    public void Run(ReadOnlySpan<byte> input)
    {
        CheckFields(input);
        var bytes = input.ToArray();
        CheckFolder(bytes);
        CheckQuestion(bytes);
    }

    private static void CheckFields(ReadOnlySpan<byte> input)
    {
        var fields = new FieldReader(input);
        try
        {
            for (var before = 0; fields.Read(); before = fields.Position)
            {
                if (fields.Position <= before || fields.Position > input.Length || fields.Field <= 0)
                {
                    throw new InvalidOperationException($"the field {fields.Field} ends at {fields.Position}");
                }
            }
        }
        catch (InvalidDataException)
        {
            // Most inputs are no message.
        }
    }

    private static void CheckFolder(byte[] bytes)
    {
        List<BlobDigest> files = [];
        List<BlobDigest> folders = [];
        if (!FolderMessage.TryRead(bytes, Directory.FilesFieldNumber, files, out _)
            || !FolderMessage.TryRead(bytes, Directory.DirectoriesFieldNumber, folders, out _)
            || TryParse(Directory.Parser, bytes) is not { } folder)
        {
            return;
        }

        Compare(files, folder.Files.Select(static file => file.Digest));
        Compare(folders, folder.Directories.Select(static child => child.Digest));
    }

    private static void CheckQuestion(byte[] bytes)
    {
        DigestQuestion question;
        try
        {
            question = RemoteMethods.AnswerDigests.RequestMarshaller.Deserializer(bytes);
        }
        catch (InvalidDataException)
        {
            return;
        }

        using (question)
        {
            if (TryParse(FindMissingBlobsRequest.Parser, bytes) is not { } request)
            {
                return;
            }

            List<BlobDigest> good = [];
            for (var i = 0; i < question.Count; i++)
            {
                var digest = question[i];
                if (digest.IsGood
                    && BlobDigest.TryParse(Encoding.ASCII.GetString(digest.Hash), digest.Size, out var one, out _))
                {
                    good.Add(one);
                }
            }

            Compare(good, request.BlobDigests);
            if (question.Count != request.BlobDigests.Count
                || question.InstanceName != request.InstanceName
                || question.Function != request.DigestFunction)
            {
                throw new InvalidOperationException($"{request} was read as something else");
            }
        }
    }

    private static void Compare(List<BlobDigest> read, IEnumerable<Digest> expected)
    {
        List<BlobDigest> good = [];
        foreach (var message in expected)
        {
            if (BlobDigest.TryParse(message, out var digest, out _))
            {
                good.Add(digest);
            }
        }

        if (!read.SequenceEqual(good))
        {
            throw new InvalidOperationException(
                $"{string.Join(", ", read)} was read instead of {string.Join(", ", good)}");
        }
    }

    private static T? TryParse<T>(MessageParser<T> parser, byte[] bytes)
        where T : class, IMessage<T> => parser.TryParse(bytes, out var message, out _) ? message : null;
}
