using Fabrik.Server.Adapters.Bazel.Explain;
using Fabrik.Wire.Protos.Bazel.V2;
using Google.Protobuf;
using Xunit;

namespace Fabrik.UnitTests.Server.Adapters.Bazel.Explain;

public sealed class RequestLabelsTests
{
    private static readonly RequestMetadata Message = new()
    {
        TargetId = "//app:main",
        ActionMnemonic = "CppCompile",
        ConfigurationId = "k8",
        ToolInvocationId = "run",
        ActionId = new string('0', 63),
    };

    private static readonly RequestLabels Labels = new()
    {
        Target = "//app:main",
        Mnemonic = "CppCompile",
        Configuration = "k8",
        Invocation = "run",
    };

    [Fact]
    public void Field_OfAMessage_IsRead_WithPaddingAndWithout()
    {
        string field = Convert.ToBase64String(Message.ToByteArray());

        Assert.EndsWith("=", field, StringComparison.Ordinal);
        Assert.Equal(Labels, RequestLabels.Read(field));
        Assert.Equal(Labels, RequestLabels.Read(field.TrimEnd('=')));
        Assert.Equal(Labels, RequestLabels.Read($"AAAA, {field}"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("?")]
    [InlineData("AAAA")]
    [InlineData("//////8=")]
    [InlineData("MgD/")]
    public void Field_ThatIsNoMessage_SaysNothing(string field) =>
        Assert.Equal(RequestLabels.None, RequestLabels.Read(field));

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public void Field_AboveTheLimit_IsNotRead(int tooMany, bool isRead)
    {
        RequestMetadata message = Message.Clone();
        message.CorrelatedInvocationsId = "x";
        // A multiple of three bytes, so that base64 has no remainder.
        int limit = RequestLabels.MaxBytes / 3 * 3;
        message.CorrelatedInvocationsId = new string('x', limit - message.CalculateSize());
        int over = message.CalculateSize() - limit;
        message.CorrelatedInvocationsId = message.CorrelatedInvocationsId[over..] + new string('x', tooMany * 4);
        string field = Convert.ToBase64String(message.ToByteArray());

        Assert.Equal(isRead ? Labels : RequestLabels.None, RequestLabels.Read(field));
    }
}
