using Fabrik.Wire.Grpc;

namespace Fabrik.Upstreams.Rpc;

/// <summary>What a call sends: one message, or a stream of them.</summary>
internal abstract class RequestSource
{
    /// <summary>What failed here while messages were made, so that it is not taken for the transport's.</summary>
    public Exception? Fault { get; private set; }

    /// <summary>Makes the body of another attempt.</summary>
    public abstract HttpContent NewContent();

    /// <summary>Gets ready for another attempt.</summary>
    /// <returns>False if messages have gone that cannot be sent again.</returns>
    public abstract bool TryRewind();

    /// <summary>Makes a frame of a message.</summary>
    protected void Encode<T>(RequestBuffer buffer, T message, RequestFormat<T> format, bool compress)
    {
        using var encoder = new MessageEncoder(buffer, format.MaxSize);
        try
        {
            encoder.Encode(message, format.Marshaller, compress && format.IsCompressed);
        }
        catch (Exception fault)
        {
            Fault = fault;
            throw;
        }
    }
}
