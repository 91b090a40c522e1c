using System.Text;
using Fabrik.Wire.Grpc;
using Fabrik.Wire.Protos.Bazel.V2;
using Fabrik.Wire.Protos.Fields;

namespace Fabrik.Wire.Bazel;

/// <summary>A <c>GetTreeResponse</c> whose folders are encoded already.</summary>
public sealed class TreePage
{
    private readonly List<ReadOnlyMemory<byte>> _folders = [];
    private int _size;

    /// <summary>How many folders there are.</summary>
    public int Count => _folders.Count;

    /// <summary>Bytes of the message without its token.</summary>
    public int Size => _size;

    /// <summary>Where the next page begins; empty for the last one.</summary>
    public string NextToken { get; set; } = "";

    /// <summary>Bytes that a folder takes within the message.</summary>
    public static int SizeOf(int folder) => FieldWriter.SizeOf(folder);

    /// <summary>Adds a folder, which is a <c>Directory</c>.</summary>
    public void Add(ReadOnlyMemory<byte> folder)
    {
        _folders.Add(folder);
        _size += SizeOf(folder.Length);
    }

    /// <summary>Writes the response.</summary>
    public static void Write(TreePage page, SerializationContext context)
    {
        ArgumentNullException.ThrowIfNull(page);
        ArgumentNullException.ThrowIfNull(context);
        var token = Encoding.UTF8.GetBytes(page.NextToken);
        context.SetPayloadLength(page._size + (token.Length == 0 ? 0 : FieldWriter.SizeOf(token.Length)));
        var output = context.GetBufferWriter();
        foreach (var folder in page._folders)
        {
            FieldWriter.Write(output, GetTreeResponse.DirectoriesFieldNumber, folder.Span);
        }

        if (token.Length > 0)
        {
            FieldWriter.Write(output, GetTreeResponse.NextPageTokenFieldNumber, token);
        }

        context.Complete();
    }
}
