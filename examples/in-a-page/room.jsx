import { useChannel, usePresence, useSignal } from 'tautline/react';
import { rt } from './rt.js';

export function Room({ id }) {
  const room = rt.channel('chat/:room', { room: id });
  const { messages, status } = useChannel(room);
  const { members } = usePresence(room, { say: { mood: 'well' } });
  const typing = useSignal(room, 'typing');
  const send = (event) => {
    event.preventDefault();
    void room.publish('message', { text: event.target.text.value });
  };
  return (
    <form onSubmit={send}>
      <h1>
        {status}, {members.length} here, {typing.length} typing
      </h1>
      {messages.map(({ key, data, status }) => (
        <p key={key} className={status}>
          {data.text}
        </p>
      ))}
      <input name="text" onChange={() => room.signal('typing', { at: 0 })} />
    </form>
  );
}
