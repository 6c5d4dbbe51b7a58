import { useChannel, usePresence, useSignal } from 'tautline/react';
import { rt } from './rt.js';

export function Room({ id }) {
  const room = rt.channel('chat/:room', { room: id });
  const { messages, status } = useChannel(room);
  const { members } = usePresence(room, { say: { mood: 'well' } });
  const typing = useSignal(room, 'typing');
  const send = (form) => {
    void room.publish('message', { text: form.get('text') });
  };
  return (
    <form action={send}>
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
