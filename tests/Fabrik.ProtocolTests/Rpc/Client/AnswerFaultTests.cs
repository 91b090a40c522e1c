using Fabrik.Upstreams.Rpc;
using Fabrik.Wire.Grpc;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Fabrik.ProtocolTests.Rpc.Client;

/// <summary>Answers that are good HTTP and bad gRPC, or failures told well.</summary>
public class AnswerFaultTests
{
    [Fact]
    public async Task TrailersOnly_Failure_GivesCodeDetailAndTrailers()
    {
        await using var peer = await Peer.StartAsync(static context =>
        {
            Peer.Refuse(context, 5, "no %E2%98%83 here");
            context.Response.Headers["grpc-status-details-bin"] = "CAU";
            return Task.CompletedTask;
        });
        using var channel = peer.Open();
        using var call = channel.CallUnary();
        var failure = await Calls.FailsAsync(StatusCode.NotFound, () => call.ResponseAsync);
        Assert.Equal("no ☃ here", failure.Status.Detail);
        Assert.Equal([8, 5], failure.Trailers.GetValueBytes("grpc-status-details-bin"));
        Assert.Equal(StatusCode.NotFound, call.GetStatus().StatusCode);
        await Calls.FailsAsync(StatusCode.NotFound, () => call.ResponseHeadersAsync);
    }

    [Theory]
    [InlineData(400, StatusCode.Internal)]
    [InlineData(401, StatusCode.Unauthenticated)]
    [InlineData(403, StatusCode.PermissionDenied)]
    [InlineData(404, StatusCode.Unimplemented)]
    [InlineData(429, StatusCode.Unavailable)]
    [InlineData(500, StatusCode.Unknown)]
    [InlineData(503, StatusCode.Unavailable)]
    public async Task HttpStatus_WithoutGrpcStatus_IsMapped(int http, StatusCode expected)
    {
        var failure = await FailAsync(expected, context =>
        {
            context.Response.StatusCode = http;
            return context.Response.WriteAsync("<html>");
        });
        Assert.Contains($"{http}", failure.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public Task HttpStatus_WithGrpcStatus_IsIgnored() => FailAsync(StatusCode.AlreadyExists, static context =>
    {
        Peer.Refuse(context, 6);
        context.Response.StatusCode = 503;
        return Task.CompletedTask;
    });

    [Theory]
    [InlineData("text/html")]
    [InlineData("application/json")]
    [InlineData("application/grpc-web")]
    [InlineData(null)]
    public async Task ContentType_OfSomethingElse_IsUnknownAndSaysWhat(string? contentType)
    {
        var failure = await FailAsync(StatusCode.Unknown, async context =>
        {
            context.Response.ContentType = contentType;
            await context.Response.WriteAsync("hello");
        });
        Assert.Contains(contentType ?? "without a content type", failure.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public Task Trailers_Missing_IsUnknown() => FailAsync(StatusCode.Unknown, static async context =>
    {
        await Peer.BeginAsync(context);
        await Peer.WriteAsync(context, [1]);
    });

    [Fact]
    public Task Trailers_StatusIsNoNumber_IsUnknown() => FailAsync(StatusCode.Unknown, static async context =>
    {
        await Peer.BeginAsync(context);
        await Peer.WriteAsync(context, [1]);
        context.Response.AppendTrailer("grpc-status", "fine");
    });

    [Theory]
    [InlineData(new byte[] { 0, 0, 0 }, StatusCode.Internal)]
    [InlineData(new byte[] { 0, 0, 0, 0, 9, 1 }, StatusCode.Internal)]
    [InlineData(new byte[] { 7, 0, 0, 0, 0 }, StatusCode.Internal)]
    [InlineData(new byte[] { 1, 0, 0, 0, 1, 1 }, StatusCode.Internal)]
    [InlineData(new byte[] { 0, 0xff, 0xff, 0xff, 0xff, 1 }, StatusCode.ResourceExhausted)]
    [InlineData(new byte[] { 0, 0, 0, 4, 1, 1 }, StatusCode.ResourceExhausted)]
    public Task Body_NotWellFormed_Fails(byte[] body, StatusCode expected) => FailAsync(expected, async context =>
    {
        await Peer.BeginAsync(context);
        await context.Response.Body.WriteAsync(body);
        Peer.End(context);
    });

    [Fact]
    public Task Body_CutWithinAMessageAndStatusSays_StatusCounts() => FailAsync(
        StatusCode.DataLoss,
        static async context =>
        {
            await Peer.BeginAsync(context);
            await context.Response.Body.WriteAsync(new byte[] { 0, 0, 0 });
            Peer.End(context, 15);
        });

    [Fact]
    public Task Encoding_Unknown_IsInternal() => FailAsync(StatusCode.Internal, static async context =>
    {
        context.Response.Headers["grpc-encoding"] = "snappy";
        await Peer.BeginAsync(context);
        await Peer.WriteAsync(context, [1], flag: 1);
        Peer.End(context);
    });

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public Task Unary_NotExactlyOneMessage_IsUnimplemented(int count) => FailAsync(
        StatusCode.Unimplemented,
        async context =>
        {
            await Peer.BeginAsync(context);
            for (var i = 0; i < count; i++)
            {
                await Peer.WriteAsync(context, [1]);
            }

            Peer.End(context);
        });

    [Fact]
    public async Task Messages_BeforeAFailure_AreGivenFirst()
    {
        await using var peer = await Peer.StartAsync(static async context =>
        {
            await Peer.BeginAsync(context);
            await Peer.WriteAsync(context, [1]);
            Peer.End(context, 9, "enough");
        });
        using var channel = peer.Open();
        using var call = channel.CallServerStreaming();
        Assert.True(await call.ResponseStream.MoveNext());
        await Calls.FailsAsync(StatusCode.FailedPrecondition, () => call.ResponseStream.MoveNext());
        await Calls.FailsAsync(StatusCode.FailedPrecondition, () => call.ResponseStream.MoveNext());
    }

    [Fact]
    public async Task Request_TooLarge_IsResourceExhaustedBeforeItGoes()
    {
        await using var peer = await Peer.StartAsync(Peer.EchoAsync);
        using var channel = peer.Open(new GrpcChannelOptions { MaxSendMessageSize = 10 });
        await Calls.FailsAsync(StatusCode.ResourceExhausted, () => channel.CallUnary(new byte[11]).ResponseAsync);
        using var call = channel.CallClientStreaming();
        await call.RequestStream.WriteAsync(new byte[10]);
        await Calls.FailsAsync(StatusCode.ResourceExhausted, () => call.RequestStream.WriteAsync(new byte[11]));
        await Calls.FailsAsync(StatusCode.ResourceExhausted, () => call.ResponseAsync);
    }

    [Fact]
    public async Task Stream_ServerEndsEarlyWithOk_WriterLearnsAndResponseIsThere()
    {
        await using var peer = await Peer.StartAsync(static async context =>
        {
            await Peer.BeginAsync(context);
            await Peer.ReadAsync(context);
            await Peer.WriteAsync(context, [42]);
            Peer.End(context);
        });
        using var channel = peer.Open();
        using var call = channel.CallClientStreaming();
        var failure = await Calls.FailsAsync(StatusCode.OK, async () =>
        {
            while (true)
            {
                await call.RequestStream.WriteAsync(new byte[60_000]);
            }
        });
        Assert.Equal(StatusCode.OK, failure.StatusCode);
        Assert.Equal([42], await call);
    }

    [Fact]
    public async Task Stream_ServerRefusesEarly_WriterGetsItsStatus()
    {
        await using var peer = await Peer.StartAsync(static async context =>
        {
            await Peer.ReadAsync(context);
            Peer.Refuse(context, 8, "full");
        });
        using var channel = peer.Open();
        using var call = channel.CallDuplex();
        var failure = await Calls.FailsAsync(StatusCode.ResourceExhausted, async () =>
        {
            while (true)
            {
                await call.RequestStream.WriteAsync(new byte[60_000]);
            }
        });
        Assert.Equal("full", failure.Status.Detail);
    }

    [Fact]
    public async Task Token_ProviderFails_IsUnauthenticatedWithoutItsText()
    {
        await using var peer = await Peer.StartAsync(Peer.EchoAsync);
        using var channel = peer.Open(new GrpcChannelOptions
        {
            TokenProvider = static _ => throw new InvalidOperationException("hunter2"),
            UnsafeUseInsecureChannelCallCredentials = true,
        });
        var failure = await Calls.FailsAsync(
            StatusCode.Unauthenticated, () => channel.CallUnary().ResponseAsync);
        Assert.DoesNotContain("hunter2", failure.ToString(), StringComparison.Ordinal);
    }

    private static async Task<RpcException> FailAsync(StatusCode expected, RequestDelegate answer)
    {
        await using var peer = await Peer.StartAsync(answer);
        using var channel = peer.Open(new GrpcChannelOptions { MaxReceiveMessageSize = 1024 });
        using var call = channel.CallUnary();
        var failure = await Calls.FailsAsync(expected, () => call.ResponseAsync);
        Assert.Equal(expected, call.GetStatus().StatusCode);
        return failure;
    }
}
