using Fabrik.Wire.Bazel;
using Fabrik.Wire.Protos.Bazel.V2;
using Google.Protobuf;
using Xunit;
using Directory = Fabrik.Wire.Protos.Bazel.V2.Directory;

namespace Fabrik.UnitTests.Wire.Bazel;

public sealed class FolderMessageTests
{
    private static readonly BlobDigest File = BlobDigest.Of("file"u8);
    private static readonly BlobDigest Folder = BlobDigest.Of("folder"u8);

    [Fact]
    public void Folder_OfTheGeneratedCode_GivesItsDigests()
    {
        Directory folder = new()
        {
            Files = { new FileNode { Name = "a", Digest = File.ToMessage(), IsExecutable = true } },
            Directories = { new DirectoryNode { Name = "ä", Digest = Folder.ToMessage() } },
            Symlinks = { new SymlinkNode { Name = "l", Target = "../x" } },
            NodeProperties = new NodeProperties { UnixMode = 0x1FF },
        };

        Assert.Equal([File], Read(folder, Directory.FilesFieldNumber, out var areFilesGood)!);
        Assert.Equal([Folder], Read(folder, Directory.DirectoriesFieldNumber, out var areFoldersGood)!);
        Assert.True(areFilesGood && areFoldersGood);
        Assert.Empty(Read(new Directory(), Directory.FilesFieldNumber, out _)!);
    }

    [Fact]
    public void Digest_MissingOrBad_IsTold()
    {
        Directory folder = new()
        {
            Directories =
            {
                new DirectoryNode { Name = "none" },
                new DirectoryNode { Name = "bad", Digest = new Digest { Hash = "x", SizeBytes = 1 } },
                new DirectoryNode { Name = "good", Digest = Folder.ToMessage() },
            },
        };

        Assert.Equal([Folder], Read(folder, Directory.DirectoriesFieldNumber, out var areGood)!);
        Assert.False(areGood);
        Assert.Empty(Read(folder, Directory.FilesFieldNumber, out areGood)!);
        Assert.True(areGood);
    }

    [Theory]
    [InlineData("FF")]
    [InlineData("0A05")]
    [InlineData("0A03120108")]
    [InlineData("0A030A01FF")]
    [InlineData("12030A01FF")]
    [InlineData("1A031201FF")]
    [InlineData("0A0412020A05")]
    [InlineData("0A0412001200")]
    public void Bytes_ThatAreNoFolder_AreRefused(string hex) => Assert.False(FolderMessage.TryRead(
        Convert.FromHexString(hex), Directory.DirectoriesFieldNumber, new List<BlobDigest>(), out _));

    private static List<BlobDigest>? Read(Directory folder, int field, out bool areGood)
    {
        List<BlobDigest> digests = [];
        return FolderMessage.TryRead(folder.ToByteArray(), field, digests, out areGood) ? digests : null;
    }
}
