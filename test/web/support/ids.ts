// Ids and people that the parts of the incident share.

export const conversationId = 'conv_01KB3T0000000000000000000A';
export const proposalId = 'prop_01KB3W0000000000000000000A';
export const nodeId = 'node_01KB3A0000000000000000000A';
export const mira = { id: 'person_mira', name: 'Mira' };
