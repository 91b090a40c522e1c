using Fabrik.Wire.Protos.Fields;
using Xunit;

namespace Fabrik.UnitTests.Wire.Protos.Fields;

public sealed class FieldReaderTests
{
    [Fact]
    public void Read_AllKindsOfFields_GivesThem()
    {
        var fields = new FieldReader(
            [0x08, 0x96, 0x01, 0x12, 2, (byte)'h', (byte)'i', 0x1D, 1, 2, 3, 4, 0x21, 1, 2, 3, 4, 5, 6, 7, 8]);

        Assert.True(fields.Read() && fields.IsNumber(1) && !fields.IsBytes(1));
        Assert.Equal(150UL, fields.Number);
        Assert.True(fields.Read() && fields.IsBytes(2) && !fields.IsNumber(2));
        Assert.Equal("hi", fields.Text);
        Assert.True(fields.Read() && fields.Field == 3);
        Assert.True(fields.Read() && fields.Field == 4);
        Assert.False(fields.Read());
    }

    [Theory]
    [InlineData("08")]
    [InlineData("0880")]
    [InlineData("08FFFFFFFFFFFFFFFFFFFF01")]
    [InlineData("12")]
    [InlineData("1203AABB")]
    [InlineData("12FFFFFFFF0F")]
    [InlineData("1D010203")]
    [InlineData("2101020304050607")]
    [InlineData("00")]
    [InlineData("0B0C")]
    [InlineData("0F")]
    public void Read_MalformedBytes_Throws(string hex)
    {
        var bytes = Convert.FromHexString(hex);

        Assert.Throws<InvalidDataException>(() =>
        {
            var fields = new FieldReader(bytes);
            while (fields.Read())
            {
                // Until it fails.
            }
        });
    }

    [Fact]
    public void Text_NoUtf8_Throws() => Assert.Throws<InvalidDataException>(() =>
    {
        var fields = new FieldReader([0x0A, 1, 0xFF]);
        fields.Read();
        return fields.Text;
    });
}
