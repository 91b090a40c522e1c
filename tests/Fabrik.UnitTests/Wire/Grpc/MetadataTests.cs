using Fabrik.Wire.Grpc;
using Xunit;

namespace Fabrik.UnitTests.Wire.Grpc;

public sealed class MetadataTests
{
    [Fact]
    public void Get_RepeatedKey_IsTheLast()
    {
        Metadata metadata = [new("x-a", "1"), new("X-A", "2"), new("x-b", "3")];

        Assert.Equal("2", metadata.GetValue("X-a"));
        Assert.Equal(["1", "2"], metadata.GetAll("x-a").Select(entry => entry.Value), StringComparer.Ordinal);
        Assert.Equal("x-a", metadata[1].Key);
        Assert.Null(metadata.Get("x-c"));
    }

    [Fact]
    public void Bytes_OfAnEntry_AreCopies()
    {
        byte[] bytes = [1, 2];
        var entry = new Metadata.Entry("x-bin", bytes);
        bytes[0] = 9;
        entry.ValueBytes[1] = 9;

        Assert.Equal([1, 2], entry.ValueBytes);
        Assert.True(entry.IsBinary);
        Assert.Throws<InvalidOperationException>(() => entry.Value);
        Assert.Equal("a"u8.ToArray(), new Metadata.Entry("x", "a").ValueBytes);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("a:")]
    [InlineData("ä")]
    [InlineData("x-bin")]
    public void Key_ForAText_IsChecked(string key) =>
        Assert.Throws<ArgumentException>(() => new Metadata.Entry(key, "value"));

    [Fact]
    public void Key_ForBytes_EndsInBin() =>
        Assert.Throws<ArgumentException>(() => new Metadata.Entry("x", [1]));

    [Fact]
    public void Empty_CannotBeChanged()
    {
        Assert.True(Metadata.Empty.IsReadOnly);
        Assert.Throws<InvalidOperationException>(() => Metadata.Empty.Add("a", "b"));
        Assert.Throws<InvalidOperationException>(Metadata.Empty.Clear);
    }

    [Theory]
    [InlineData("AAE", "0001")]
    [InlineData("AAE=", "0001")]
    [InlineData("AA", "00")]
    [InlineData("AA==", "00")]
    [InlineData("", "")]
    public void Receive_Binary_TakesPaddingOrNone(string value, string hex)
    {
        var entry = Assert.Single(Received("x-bin", value));
        Assert.Equal(hex, Convert.ToHexString(entry.ValueBytes));
    }

    [Fact]
    public void Receive_BinaryList_IsSplit() =>
        Assert.Equal(
            ["00", "0001", "02"],
            Received("x-bin", "AA, AAE=,Ag").Select(entry => Convert.ToHexString(entry.ValueBytes)),
            StringComparer.Ordinal);

    [Theory]
    [InlineData("x-bin", "A")]
    [InlineData("x-bin", "A A=")]
    [InlineData("x-bin", "%%%%")]
    [InlineData("x", "caf\u00e9")]
    [InlineData("x", "a\tb")]
    [InlineData(":path", "/")]
    [InlineData("te", "trailers")]
    [InlineData("Content-Type", "application/grpc")]
    [InlineData("grpc-timeout", "1S")]
    [InlineData("grpc-future", "1")]
    [InlineData("x y", "1")]
    public void Receive_WhatCannotBeSentBack_IsPassedOver(string name, string value) =>
        Assert.Empty(Received(name, value));

    [Theory]
    [InlineData("user-agent")]
    [InlineData("authorization")]
    public void Receive_OtherFields_AreMetadata(string name) => Assert.Single(Received(name, "a, b"));

    [Fact]
    public void Format_Values_CannotBreakOut()
    {
        Assert.Equal("a??b?", MetadataFields.Format(new Metadata.Entry("x", "a\r\nb\u2603")));
        Assert.Equal("AA", MetadataFields.Format(new Metadata.Entry("x-bin", [0])));
        Assert.Equal("", MetadataFields.Format(new Metadata.Entry("x-bin", Array.Empty<byte>())));
    }

    [Theory]
    [InlineData("application/grpc", true)]
    [InlineData("application/grpc+proto", true)]
    [InlineData("Application/gRPC; charset=utf-8", true)]
    [InlineData("application/grpc+json", false)]
    [InlineData("application/grpc-web", false)]
    [InlineData("application/json", false)]
    [InlineData(null, false)]
    public void ContentType_OfGrpc_IsKnown(string? value, bool expected) =>
        Assert.Equal(expected, GrpcFields.IsContentType(value));

    private static Metadata Received(string name, string value)
    {
        var metadata = new Metadata();
        MetadataFields.Receive(metadata, name, value);
        return metadata;
    }
}
