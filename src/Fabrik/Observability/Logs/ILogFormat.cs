using System.Buffers;

namespace Fabrik.Observability.Logs;

/// <summary>
/// How a message becomes a line: for people (<see cref="TextLogFormat"/>) or programs (<see cref="JsonLogFormat"/>).
/// </summary>
internal interface ILogFormat
{
    /// <summary>Writes one line, with its end.</summary>
    void Write(in LogEntry entry, IBufferWriter<byte> output);
}
